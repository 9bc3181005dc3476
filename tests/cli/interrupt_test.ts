import { equal, match } from "node:assert/strict";
import { makeWorld } from "./world.ts";

/** Stops the world as soon as this much has been said on standard error. */
async function interrupted(said: RegExp, signal: string) {
  const controller = new AbortController();
  const { ctx, azure, kedroAzureml } = makeWorld({ signal: controller.signal });
  const err = ctx.terminal.err;
  let all = "";
  (ctx.terminal as { err(text: string): void }).err = (text) => {
    err(text);
    all += text;
    if (said.test(all)) controller.abort(signal);
  };
  const exit = await kedroAzureml("submit -j main --wait-for-completion");
  return { exit, stdout: ctx.stdout(), stderr: ctx.stderr(), azure };
}

Deno.test("Ctrl+C while a job is followed says that it goes on, and how to stop it", async () => {
  const { exit, stdout, stderr, azure } = await interrupted(/clean: /, "SIGINT");
  equal(exit, 130);
  const name = /submitted as (\w+)/.exec(stdout)![1]!;
  match(
    stderr,
    new RegExp(`error: Interrupted by SIGINT; job "${name}" goes on\nhint: .*job cancel ${name}`),
  );
  equal(azure.resources("jobs").length, 1);
});

Deno.test("SIGTERM before a job is sent ends with 143, and nothing is sent", async () => {
  const { exit, stdout, stderr, azure } = await interrupted(/Workspace ws-golden/, "SIGTERM");
  equal(exit, 143);
  equal(stdout, "");
  match(stderr, /error: Interrupted by SIGTERM\n$/);
  equal(azure.resources("jobs").length, 0);
});

Deno.test("Ctrl+C while a job is being sent says that Azure may have it", async () => {
  const controller = new AbortController();
  const { ctx, kedroAzureml } = makeWorld({
    signal: controller.signal,
    fetch(request) {
      if (request.method !== "PUT" || !/\/jobs\//.test(request.url)) return azure.fetch(request);
      controller.abort("SIGINT");
      return Promise.reject(new DOMException("The signal has been aborted", "AbortError"));
    },
  });
  const azure = makeWorld().azure;
  equal(await kedroAzureml("submit -j main"), 130);
  match(
    ctx.stderr(),
    /Interrupted by SIGINT while job "(\w+)" was being sent; Azure may have it\nhint: .*job show \1/,
  );
  equal(ctx.stdout(), "");
});
