import type { ExecOptions, Exit } from "../context.ts";

/**
 * Runs a program without a shell; a program that is not there is an exit with `found: false`.
 *
 * Where it may be ended early, it is ended with all that it started: `az` is a script around Python, which would
 * otherwise go on and keep the output open.
 */
export async function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<Exit> {
  const { stdin, timeoutMs, signal } = options;
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([timeout, signal].filter((one) => one !== undefined));
  const child = start(program, args, options);
  if (child === undefined) return { status: 127, stdout: "", stderr: "", found: false, timedOut: false };
  const end = () => endWithChildren(child);
  stop.addEventListener("abort", end);
  if (stop.aborted) end();
  try {
    const [output] = await Promise.all([
      child.output(),
      stdin === undefined ? undefined : feed(child, stdin),
    ]);
    return {
      status: output.code,
      stdout: new TextDecoder().decode(output.stdout),
      stderr: new TextDecoder().decode(output.stderr),
      found: true,
      timedOut: timeout?.aborted ?? false,
    };
  } finally {
    stop.removeEventListener("abort", end);
  }
}

function start(
  program: string,
  args: readonly string[],
  { cwd, env, stdin, timeoutMs, signal }: ExecOptions,
): Deno.ChildProcess | undefined {
  const ends = timeoutMs !== undefined || signal !== undefined;
  try {
    return new Deno.Command(program, {
      args: [...args],
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      detached: ends && Deno.build.os !== "windows",
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env: { ...env } }),
    }).spawn();
  } catch (thrown) {
    // The latter: there is a file of that name, which may not be run.
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.PermissionDenied) {
      return undefined;
    }
    throw thrown;
  }
}

function endWithChildren({ pid }: Deno.ChildProcess): void {
  if (Deno.build.os === "windows") {
    new Deno.Command("taskkill", { args: ["/T", "/F", "/PID", String(pid)], stdout: "null", stderr: "null" })
      .spawn();
    return;
  }
  try {
    // A negative number is the group of processes that it leads, being detached.
    Deno.kill(-pid, "SIGKILL");
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}

async function feed(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown;
  }
}
