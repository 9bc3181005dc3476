import { deepStrictEqual, equal, match } from "node:assert/strict";
import { makeWorld, type World } from "../world.ts";

/** Runs command lines, and interrupts the last one when stderr matches. */
async function interrupt(said: RegExp, signal: string, lines: readonly string[]) {
  const controller = new AbortController();
  const { ctx, azure, kedroAzureml } = makeWorld({ signal: controller.signal });
  const { err } = ctx.terminal;
  const { sleep } = ctx.clock;
  // The wait after an interrupt must not end, unlike other sleeps.
  ctx.clock.sleep = (ms, stop) => ms === 7000 ? new Promise(() => {}) : sleep(ms, stop);
  for (const line of lines.slice(0, -1)) equal(await kedroAzureml(line), 0, ctx.stderr());
  let all = "";
  (ctx.terminal as { err(text: string): void }).err = (text) => {
    err(text);
    all += text;
    if (said.test(all)) controller.abort(signal);
  };
  const exit = await kedroAzureml(lines.at(-1)!);
  return { exit, stdout: ctx.stdout(), stderr: ctx.stderr(), azure, ctx };
}

/** Submits a job, and interrupts it when stderr matches. */
async function submitAndInterrupt(said: RegExp, signal: string, options = "") {
  return await interrupt(said, signal, [`submit -j main --wait-for-completion${options}`]);
}

Deno.test("submit --wait interrupted by Ctrl+C says how to cancel the job", async () => {
  const { exit, stdout, stderr, azure } = await submitAndInterrupt(/clean: /, "SIGINT");
  equal(exit, 130);
  const name = /Submitted job \w+ as (\w+)/.exec(stdout)![1]!;
  match(
    stderr,
    new RegExp(`error: Interrupted \\(Ctrl\\+C\\); job "${name}" keeps running\nhint: .*job cancel ${name}`),
  );
  equal(azure.resources("jobs").length, 1);
});

Deno.test("submit --cancel-on-interrupt cancels the job on SIGTERM", async () => {
  const options = " --cancel-on-interrupt --output-file job.json";
  const { exit, stdout, stderr, azure, ctx } = await submitAndInterrupt(/clean: /, "SIGTERM", options);
  equal(exit, 143);
  const name = /Submitted job \w+ as (\w+)/.exec(stdout)![1]!;
  match(
    stderr,
    new RegExp(`error: Interrupted by SIGTERM; job "${name}" is being canceled\nhint: .*show ${name}`),
  );
  equal(azure.jobStatus(name), "CancelRequested");
  const file = JSON.parse(await ctx.fs.readText("/home/user/tiny/job.json"));
  deepStrictEqual(
    file.jobs.map((one: Record<string, unknown>) => [one.job, one.name, one.status]),
    [["main", name, "CancelRequested"]],
  );
});

for (
  const [first, line] of [
    ["submit main --name fox", "job follow fox"],
    ["submit main --name owl --wait", "rerun owl --name fox --wait"],
  ] as const
) {
  Deno.test(`${line} interrupted by Ctrl+C cancels the job only with --cancel-on-interrupt`, async () => {
    for (
      const [options, says, status] of [
        ["", /job "fox" keeps running\nhint: .*job cancel fox/, /^Running$/],
        [" --cancel-on-interrupt", /job "fox" is being canceled\nhint: .*show fox/, /^Cancel/],
      ] as const
    ) {
      const { exit, stderr, azure } = await interrupt(/clean: Running/, "SIGINT", [
        first,
        `${line}${options}`,
      ]);
      equal(exit, 130);
      match(stderr, says);
      match(azure.jobStatus("fox")!, status);
    }
  });
}

Deno.test("submit interrupted by SIGTERM before sending sends nothing", async () => {
  const { exit, stdout, stderr, azure } = await submitAndInterrupt(/Workspace ws-golden/, "SIGTERM");
  equal(exit, 143);
  equal(stdout, "");
  match(stderr, /error: Interrupted by SIGTERM; nothing was submitted\nhint: Run the command again; .*\n$/);
  equal(azure.resources("jobs").length, 0);
});

for (const line of ["submit main --name owl", "rerun fox --name owl"]) {
  Deno.test(`${line} interrupted by Ctrl+C while sending says that Azure may have the job`, async () => {
    const controller = new AbortController();
    const world: World = makeWorld({
      signal: controller.signal,
      fetch(request) {
        if (request.method !== "PUT" || !/\/jobs\/owl/.test(request.url)) return world.azure.fetch(request);
        controller.abort("SIGINT");
        return Promise.reject(new DOMException("The signal has been aborted", "AbortError"));
      },
    });
    const { ctx, kedroAzureml } = world;
    equal(await kedroAzureml("submit main --name fox"), 0, ctx.stderr());
    equal(await kedroAzureml(line), 130);
    match(ctx.stderr(), /Interrupted \(Ctrl\+C\); job "owl" may have been submitted\nhint: .*job cancel owl/);
    equal(ctx.stdout().includes("owl"), false);
  });

  Deno.test(`${line} interrupted after Azure accepted the job says that it keeps running`, async () => {
    const controller = new AbortController();
    const world: World = makeWorld({
      signal: controller.signal,
      async fetch(request) {
        const answer = await world.azure.fetch(request);
        if (request.method === "PUT" && /\/jobs\/owl/.test(request.url)) controller.abort("SIGINT");
        return answer;
      },
    });
    const { ctx, kedroAzureml } = world;
    equal(await kedroAzureml("submit main --name fox"), 0, ctx.stderr());
    equal(await kedroAzureml(line), 130, ctx.stderr());
    match(ctx.stderr(), /Interrupted \(Ctrl\+C\); job "owl" keeps running\nhint: .*job cancel owl/);
  });
}
