import type { ExecOptions, Exit } from "../context.ts";

/** Runs a program without a shell; a program that is not there is an exit with `found: false`. */
export async function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<Exit> {
  const { stdin, timeoutMs, signal } = options;
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signals = [timeout, signal].filter((one) => one !== undefined);
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.any(signals),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: { ...options.env } }),
    }).spawn();
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
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    return { status: 127, stdout: "", stderr: "", found: false, timedOut: false };
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
