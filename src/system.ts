import type { Clock, Context, Random, Terminal } from "./context.ts";
import { exec } from "./system/exec.ts";
import { systemFs } from "./system/fs.ts";
import { createFetch } from "./system/fetch.ts";
import { createResources } from "./system/resources.ts";
import { serve } from "./system/serve.ts";

/** The real world: the only place beside `system/` that touches `Deno`. */
export function systemContext(): Context {
  const env = Deno.env.toObject();
  return {
    env,
    cwd: Deno.cwd(),
    home: env.HOME ?? env.USERPROFILE,
    platform: Deno.build.os === "windows" || Deno.build.os === "darwin" ? Deno.build.os : "linux",
    fs: systemFs,
    exec,
    serve,
    fetch: createFetch(env),
    resources: createResources(),
    clock,
    random,
    terminal: systemTerminal(env),
    signal: interruption(),
  };
}

const clock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop, { once: true });
    }),
};

const random: Random = { uuid: () => crypto.randomUUID(), number: () => Math.random() };

function systemTerminal(env: Record<string, string>): Terminal {
  const write = (to: { writeSync(bytes: Uint8Array): number }) => (text: string) => {
    let bytes = new TextEncoder().encode(text);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
    } catch (thrown) {
      // Whoever read our output has gone (`| head`): there is nobody to tell.
      if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown;
    }
  };
  const live = Deno.stderr.isTerminal();
  return {
    out: write(Deno.stdout),
    err: write(Deno.stderr),
    color: live && Deno.stdout.isTerminal() && !env.NO_COLOR && env.TERM !== "dumb",
    interactive: live && Deno.stdin.isTerminal() && !env.CI,
    columns: live ? Deno.consoleSize().columns : undefined,
  };
}

/** Aborts at the first SIGINT or SIGTERM; at the second the process ends as if nobody listened. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const signals = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"] as const
    : ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) {
    const listener = () => {
      if (controller.signal.aborted) Deno.exit(name === "SIGTERM" ? 143 : 130);
      controller.abort(name);
    };
    Deno.addSignalListener(name, listener);
  }
  return controller.signal;
}
