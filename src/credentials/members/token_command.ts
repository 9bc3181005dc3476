import type { Exit } from "../../core/context.ts";
import { type Fields, isFields, parsedJson } from "../../core/fields.ts";
import { withoutSecrets } from "../../core/text/redact.ts";
import { redact } from "../../core/text/redact.ts";
import {
  type CredentialContext,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
} from "../credential.ts";

/**
 * Time limits of a program in milliseconds: a cold `az` on a slow laptop takes several seconds. If it is the only
 * credential that may be used, there is nothing to gain by giving up early.
 */
const LIMITS = { usual: 10_000, only: 60_000 } as const;

/** How to get a token from another program. */
export interface TokenCommand {
  /** Whether it is the only credential that may be used. */
  readonly isOnly: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  /** Product name. */
  readonly title: string;
  /** Names to look for on PATH; the first that exists is run. */
  readonly programs: readonly string[];
  readonly args: readonly string[];
  /** Additional environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Reads the token from its output; `undefined` for anything else. */
  readonly parse: (stdout: string) => Token | Unavailable | undefined;
  /** Explains its error output; `undefined` for unknown messages. */
  readonly explain: (complaint: string) => Unavailable | undefined;
}

/** Gets a token from another program; every failure is a reason to skip the credential. */
export async function tokenFromCommand(
  ctx: CredentialContext,
  { isOnly, signal, title, programs, args, env = {}, parse, explain }: TokenCommand,
): Promise<Token | Unavailable> {
  const timeoutMs = isOnly ? LIMITS.only : LIMITS.usual;
  const stop = signal === undefined ? ctx.signal : AbortSignal.any([signal, ctx.signal]);
  const startedAt = ctx.clock.now().getTime();
  let [program, exit] = ["", undefined as Exit | undefined];
  for (program of programs) {
    // Not in the project: these programs, and scripts that they start, could read its files.
    const cwd = ctx.platform === "windows" ? ctx.env.SystemRoot ?? "C:\\" : "/";
    const all = { ...withoutSecrets(ctx.env), ...env };
    exit = await ctx.exec(program, args, { cwd, timeoutMs, signal: stop, env: all, clearEnv: true });
    ctx.signal.throwIfAborted();
    if (exit.found && !isUnknownCommand(exit)) break;
    exit = undefined;
  }
  if (exit === undefined) return notConfigured(`${title} is not installed (no \`${programs[0]}\` on PATH)`);
  if (exit.timedOut) {
    const seconds = ((ctx.clock.now().getTime() - startedAt) / 1000).toFixed(1);
    return failed(
      `\`${program}\` hung and was stopped after ${seconds} s`,
      `Run \`${program}\` by itself to see why, or select it with \`--credential\` to wait longer`,
    );
  }
  if (exit.status !== 0) {
    const complaint = exit.stderr.trim() || exit.stdout.trim();
    return explain(complaint) ??
      failed(`\`${program}\` said: ${summary(complaint) || `status ${exit.status}`}`);
  }
  return parse(exit.stdout) ?? failed(`\`${program}\` did not print a token`);
}

/** Whether a shell reported that the program does not exist: status 127, or 9009 or a message on Windows. */
function isUnknownCommand({ status, stderr }: Exit): boolean {
  return status === 127 || status === 9009 ||
    (status === 1 && /is not recognized as an internal or external command/i.test(stderr));
}

/** The most informative line of an error output, without secrets. */
export function summary(complaint: string): string {
  const lines = complaint.split(/\r?\n/).map(printable).filter((line) => line !== "");
  // A Python traceback ends with the error.
  const broke = lines.some((line) => /^Traceback \(|Here is the traceback/.test(line));
  const telling = lines.find((line) => /AADSTS\d+/.test(line)) ??
    (broke
      ? lines.findLast((line) => /^(ERROR: )?[\w.]+(Error|Exception)\b|\[Errno/.test(line))
      : undefined) ??
    lines.find((line) => line.startsWith("ERROR:")) ?? lines[0] ?? "";
  return redact(telling.replace(/^ERROR:\s*/, "").split("Trace ID:", 1)[0]!.trimEnd()).slice(0, 300);
}

/** A line without escape sequences, control characters and invalid text. */
function printable(line: string): string {
  // deno-lint-ignore no-control-regex
  return line.replace(/\x1b\[[\d;?]*[A-Za-z]/g, "").replace(/[\x00-\x1f\x7f-\x9f\ufffd]/g, "").trim();
}

/** Parses a program's output as a JSON object; `undefined` if it is not one. */
export function parseOutput(text: string): Fields | undefined {
  const value = parsedJson(text);
  return isFields(value) ? value : undefined;
}
