import type { ExecOptions, Exit } from "../core/context.ts";

/**
 * Runs a program without a shell. If the program does not exist, the result has `found: false`.
 *
 * A program with a timeout or a signal is killed together with its child processes: `az`, for example, is a script
 * around Python, which would otherwise keep running and keep the output open.
 */
export async function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<Exit> {
  const { stdin, timeoutMs, signal, detached = false } = options;
  const child = start(program, args, options);
  if (child === undefined) return { status: 127, stdout: "", stderr: "", found: false, timedOut: false };
  if (detached) return await waitDetached(child);
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([timeout, signal].filter((signal) => signal !== undefined));
  const kill = () => endWithChildren(child);
  stop.addEventListener("abort", kill);
  if (stop.aborted) kill();
  try {
    const [{ code }, stdout, stderr] = await Promise.all([
      child.status,
      textOf(child.stdout, options.onLine),
      textOf(child.stderr, options.onLine),
      stdin === undefined ? undefined : writeInput(child, stdin),
    ]);
    return {
      status: code,
      stdout,
      stderr,
      found: true,
      timedOut: Boolean(timeout?.aborted),
    };
  } finally {
    stop.removeEventListener("abort", kill);
    if (options.noticesParentEnd) await child.stdin.close().catch(() => {});
  }
}

function start(
  program: string,
  args: readonly string[],
  { cwd, env, clearEnv, stdin, timeoutMs, signal, detached = false, noticesParentEnd = false }: ExecOptions,
): Deno.ChildProcess | undefined {
  const mayBeKilled = [timeoutMs, signal].some((limit) => limit !== undefined);
  const output = detached ? "null" : "piped";
  try {
    return new Deno.Command(program, {
      args: [...args],
      stdin: stdin === undefined && !noticesParentEnd ? "null" : "piped",
      stdout: output,
      stderr: output,
      detached: detached || (mayBeKilled && Deno.build.os !== "windows"),
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...(clearEnv ? {} : safePath(Deno.env.get("PATH"))), ...env, ...safePath(env?.PATH) },
      ...(clearEnv === undefined ? {} : { clearEnv }),
    }).spawn();
  } catch (thrown) {
    // NotADirectory: a file is in the place of a folder of its path. PermissionDenied: the file is not executable.
    const reasons = [Deno.errors.NotFound, Deno.errors.NotADirectory, Deno.errors.PermissionDenied];
    if (reasons.some((reason) => thrown instanceof reason)) return undefined;
    throw thrown;
  }
}

async function textOf(output: Deno.ChildProcess["stdout"], onLine?: (line: string) => void): Promise<string> {
  const text = output.pipeThrough(new TextDecoderStream());
  if (onLine === undefined) return (await Array.fromAsync(text)).join("");
  let [all, rest] = ["", ""];
  for await (const part of text) {
    all += part;
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
  }
  return all;
}

async function waitDetached(child: Deno.ChildProcess): Promise<Exit> {
  const { code: status } = await child.status;
  return { status, stdout: "", stderr: "", found: true, timedOut: false };
}

function endWithChildren({ pid }: Deno.ChildProcess): void {
  if (Deno.build.os === "windows") {
    new Deno.Command("taskkill", { args: ["/T", "/F", "/PID", String(pid)], stdout: "null", stderr: "null" })
      .spawn();
    return;
  }
  try {
    // A negative id addresses the process group; a detached child leads its own.
    Deno.kill(-pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}

async function writeInput(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // It does not read its input, or has ended.
  }
}

/**
 * PATH without entries that depend on the working folder, such as an empty one: that folder is the project, whose files
 * are not the programs that the user means.
 */
export function safePath(path: string | undefined): { readonly PATH?: string } {
  if (path === undefined || Deno.build.os === "windows") return {};
  return { PATH: path.split(":").filter(isFixed).join(":") };
}

/** Whether an entry names the same folder everywhere, unlike `bin` or `/proc/self/cwd/bin`. */
function isFixed(entry: string): boolean {
  return entry.startsWith("/") && !entry.startsWith("/proc/");
}
