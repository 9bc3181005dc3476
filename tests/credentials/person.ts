import type { Context, Exit } from "../../src/core/context.ts";
import { createEmulator, type EmulatorOptions, type Seed } from "../fakes/emulator.ts";
import { type FakeContext, fakeContext, type FakeOptions } from "../fakes/context.ts";

/** Options of a world with a user who can sign in. */
export interface PersonOptions extends FakeOptions {
  readonly seed?: Seed;
  readonly emulator?: Omit<EmulatorOptions, "seed" | "clock">;
  /** Changes the browser's redirect; `undefined` suppresses it. */
  readonly bringsBack?: (answer: URLSearchParams) => URLSearchParams | undefined;
  /** Exit codes of programs that are missing or fail. */
  readonly broken?: Readonly<Record<string, number>>;
  /** Whether the user enters the device code. */
  readonly typesCode?: boolean;
}

const SCREEN = { DISPLAY: ":0" };

/** Creates a user with a browser whom the emulator's Entra ID knows, in real time. */
export function personWorld(options: PersonOptions = {}) {
  const opened: string[] = [];
  const pages: string[] = [];
  let handler: Parameters<Context["serve"]>[0] | undefined;
  const clock = { now: () => new Date(), sleep: realSleep };
  const azure = createEmulator({
    clock,
    ...(options.seed && { seed: options.seed }),
    tokenLifetimeSeconds: 3600,
    ...options.emulator,
  });

  async function browse(url: string): Promise<void> {
    const html = await (await azure.fetch(new Request(url))).text();
    const fields = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) =>
      [name!, value!.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&")] as [
        string,
        string,
      ]
    );
    const action = /action="([^"]+)"/.exec(html)?.[1];
    const answer = (options.bringsBack ?? ((same) => same))(new URLSearchParams(fields));
    if (answer === undefined || action === undefined) return;
    const page = await handler!(new Request(action, { method: "POST", body: answer }));
    pages.push(await page.text());
  }

  const ctx: FakeContext = {
    ...fakeContext({
      env: SCREEN,
      interactive: true,
      fetch: (request) => azure.fetch(request),
      serve: async (given, { signal }) => {
        handler = given;
        const finished = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => finished.resolve());
        return { port: 5151, finished: finished.promise };
      },
      async exec(program, args): Promise<Exit> {
        const exit = { stdout: "", stderr: "", timedOut: false };
        const status = options.broken?.[program] ?? (program === "xdg-open" ? 0 : 127);
        if (status !== 0) return { ...exit, status, found: status !== 127 };
        opened.push(args.at(-1)!);
        browse(args.at(-1)!);
        return { ...exit, status, found: true };
      },
      ...options,
    }),
    clock,
  };
  const err = ctx.terminal.err;
  const terminal: Context["terminal"] = {
    ...ctx.terminal,
    err(text) {
      err(text);
      const code = /enter the code (\w+)/.exec(text)?.[1] ?? /"userCode":"(\w+)"/.exec(text)?.[1];
      const page = /https:\S+deviceauth/.exec(text)?.[0];
      if (code && options.typesCode !== false) azure.fetch(new Request(`${page}?otc=${code}`));
    },
  };
  return { ctx: { ...ctx, terminal }, azure, opened, pages };
}

function realSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
