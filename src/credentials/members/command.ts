import type { Exit } from "../../context.ts";
import { redact } from "../../redact.ts";
import {
  type CredentialContext,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
} from "../credential.ts";

/** A program that hangs costs no more than this. */
const LIMIT_MS = 10_000;

/** How a token is asked of another program. */
export interface TokenCommand {
  /** The product, as people say it. */
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that it gets besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it printed, as a token; `undefined` when it is something else. */
  readonly parse: (stdout: string) => Token | Unavailable | undefined;
  /** What its complaint means; `undefined` when it says something else. */
  readonly explain: (complaint: string) => Unavailable | undefined;
}

/** Asks another program for a token; whatever goes wrong is a reason to pass it over. */
export async function tokenFromCommand(
  ctx: CredentialContext,
  { title, program, args, env = {}, parse, explain }: TokenCommand,
): Promise<Token | Unavailable> {
  const exit = await ctx.exec(program, args, { timeoutMs: LIMIT_MS, signal: ctx.signal, env });
  ctx.signal.throwIfAborted();
  if (!exit.found || isUnknownCommand(exit)) {
    return notConfigured(`${title} is not installed (no \`${program}\` on PATH)`);
  }
  if (exit.timedOut) {
    return failed(
      `\`${program}\` did not answer within ${LIMIT_MS / 1000} s`,
      `Run \`${program}\` by itself to see why`,
    );
  }
  if (exit.status !== 0) {
    const complaint = exit.stderr.trim() || exit.stdout.trim();
    return explain(complaint) ??
      failed(`\`${program}\` said: ${summary(complaint) || `status ${exit.status}`}`);
  }
  return parse(exit.stdout) ?? failed(`\`${program}\` printed something other than a token`);
}

/** Shells answer so for a program that is not there; Windows does in its own words. */
function isUnknownCommand({ status, stderr }: Exit): boolean {
  return status === 127 ||
    (status === 1 && /is not recognized as an internal or external command/i.test(stderr));
}

/** The line that says what is wrong, without secrets. */
export function summary(complaint: string): string {
  const lines = complaint.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  const telling = lines.find((line) => /^ERROR:|AADSTS\d+/.test(line)) ?? lines[0] ?? "";
  return redact(telling.replace(/^ERROR:\s*/, "").replace(/\s+Trace ID:.*$/, "")).slice(0, 300);
}

/** A program's JSON; `undefined` when it is none. */
export function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
