import { type Browser, chromium, type Page } from "playwright-core";

/** Names of Chromium on PATH; CHROMIUM overrides them. */
const NAMES = [Deno.env.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"];

async function findChromium(): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const name of NAMES) {
      if (!name) continue;
      const path = name.includes("/") ? name : `${folder}/${name}`;
      if ((await Deno.stat(path).catch(() => undefined))?.isFile) return path;
    }
  }
  return undefined;
}

const executablePath = await findChromium();

/** Suffix of test names if Chromium is not installed. */
export const skipped = executablePath === undefined ? " (skipped: Chromium is not installed)" : "";

/** Window size and theme. */
export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
}

/** An open page. */
export interface OpenPage {
  readonly page: Page;
  /** Errors of the page's code and policy violations. */
  readonly problems: readonly string[];
  /** Requests after that of the page. */
  readonly requests: readonly string[];
}

/** Declares a test with a Chromium, which is closed afterwards. */
export function browserTest(name: string, body: (open: OpenBrowser) => Promise<void>): void {
  Deno.test(
    name + skipped,
    { ignore: skipped !== "", sanitizeOps: false, sanitizeResources: false },
    async () => {
      // Chromium has no sandbox for root, as in containers.
      const browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox"] });
      try {
        await body((url, look) => open(browser, url, look));
      } finally {
        await browser.close();
      }
    },
  );
}

/** Opens a page in its own profile. */
export type OpenBrowser = (url: string, look?: Look) => Promise<OpenPage>;

async function open(browser: Browser, url: string, look: Look = {}): Promise<OpenPage> {
  const { width = 1280, height = 800, theme = "light" } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: "en-US",
    timezoneId: "UTC",
    deviceScaleFactor: width < 500 ? 2 : 1,
    hasTouch: width < 500,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error: Error) => void problems.push(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(url);
  await page.waitForSelector("h1");
  page.on("request", (request) => void requests.push(request.url()));
  return { page, problems, requests };
}
