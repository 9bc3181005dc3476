import type { LiveStep } from "./steps.ts";

/** How one command of the check went. */
export interface LiveResult {
  readonly step: LiveStep;
  readonly code: number;
  readonly seconds: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a report says about a command. */
export type Verdict = "ok" | "not allowed" | "look";

/** Whether a command did what it should; 4 is what the program exits with if the identity or the network has no access. */
export function verdictOf(result: LiveResult): Verdict {
  return isGood(result) ? "ok" : result.code === 4 ? "not allowed" : "look";
}

/** Whether a command did what it should. */
export function isGood({ step, code, stdout, stderr }: LiveResult): boolean {
  return (step.exits ?? [0]).includes(code) && (step.prints?.test(`${stdout}\n${stderr}`) ?? true);
}

/**
 * Hides what says whose workspace it is and what opens it: known values, ids, accounts, tokens and signatures. Equal
 * values keep equal names, so that the report can still be followed.
 */
export function createScrubber(known: Readonly<Record<string, string>>): (text: string) => string {
  const names = new Map<string, string>();
  const nameOf = (kind: string, value: string) => {
    const key = `${kind} ${value.toLowerCase()}`;
    if (!names.has(key)) {
      names.set(key, `<${kind} ${[...names.keys()].filter((one) => one.startsWith(`${kind} `)).length + 1}>`);
    }
    return names.get(key)!;
  };
  const values = Object.entries(known).filter(([, value]) => value.length > 1)
    .sort(([, a], [, b]) => b.length - a.length);
  return (text) => {
    let scrubbed = text;
    for (const [name, value] of values) {
      // A short name such as `ws` may be part of other words.
      const pattern = new RegExp(`(?<![A-Za-z0-9])${RegExp.escape(value)}(?![A-Za-z0-9])`, "gi");
      scrubbed = scrubbed.replaceAll(pattern, `<${name}>`);
    }
    return scrubbed
      .replaceAll(/\beyJ[\w-]+(\.[\w-]+)*/g, "<token>")
      .replaceAll(/([?&])(s[a-z]{1,3}|sig|code|otc|token|key)=[^&\s"'\\]+/gi, "$1$2=<hidden>")
      .replaceAll(/((?:secret|password|key|token)["']\s*:\s*["'])[^"']+/gi, "$1<hidden>")
      .replaceAll(/((?:secret|password|accountkey)=)[^\s"',;]+/gi, "$1<hidden>")
      .replaceAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, (email) => nameOf("email", email))
      .replaceAll(
        /[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/gi,
        (id) => nameOf("id", id),
      )
      .replaceAll(
        /[a-z0-9]+(?=\.(?:blob|dfs|file|queue|table)\.core\.|\.azurecr\.|\.vault\.)/gi,
        (account) => nameOf("account", account),
      )
      .replaceAll(
        /storage account [a-z0-9]+/gi,
        (account) => `storage account ${nameOf("account", account.slice(16))}`,
      )
      .replaceAll(/\b(?!127\.)\d{1,3}(\.\d{1,3}){3}\b/g, (address) => nameOf("address", address));
  };
}

/** The keys of JSON, and the types of its values. */
export function shapeOf(text: string): string {
  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0]), `… ${value.length} entries`];
    if (typeof value !== "object" || value === null) return value === null ? null : typeof value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shape(child)]));
  };
  try {
    return JSON.stringify(shape(JSON.parse(text)));
  } catch {
    return `${text.length} characters that are not JSON`;
  }
}

/** The report, as Markdown. */
export function renderReport(
  results: readonly LiveResult[],
  about: Readonly<Record<string, string>>,
  scrub: (text: string) => string,
  skipped: readonly LiveStep[] = [],
): string {
  const rows = results.map((result) =>
    `| ${marked(result)} | \`${scrub(result.step.line)}\` | ${result.code} | ${result.seconds} | ${
      result.step.asks ?? ""
    } |`
  );
  return `# Live check

${Object.entries(about).map(([name, value]) => `- ${name}: ${scrub(value)}`).join("\n")}

| result | command | exit | seconds | what it shows |
| --- | --- | --- | --- | --- |
${
    [
      ...rows,
      ...skipped.map(({ line, needs }) =>
        `| skipped | \`${scrub(line)}\` | | | needs ${scrub(needs ?? "a right to write")} |`
      ),
    ].join("\n")
  }
${results.map((result) => section(result, scrub)).join("")}`;
}

function marked(result: LiveResult): string {
  const verdict = verdictOf(result);
  return verdict === "look" ? "**look**" : verdict;
}

function section(result: LiveResult, scrub: (text: string) => string): string {
  const { step, code, stdout, stderr } = result;
  const printed = step.isPrivate ? shapeOf(stdout) : stdout;
  const text = scrub([printed, stderr].filter((part) => part.trim() !== "").join("\n").trim());
  return `
## ${verdictOf(result)}: \`${scrub(step.line)}\`, exit ${code}

~~~~~text
${text.replaceAll("~~~~~", "~ ~ ~")}
~~~~~
`;
}
