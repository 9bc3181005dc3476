import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { AppContext, AppEvent, FollowedEvent } from "../../../src/app/context.ts";
import { follow } from "../../../src/app/runs/follow.ts";
import { openBoard } from "../../../src/azureml/runs/follow.ts";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { createClient, ID, job, register, WORKSPACE } from "../../emulator/two_steps.ts";
import { fakeContext } from "../../fakes/context.ts";
import type { EmulatorOptions } from "../../fakes/emulator.ts";

type Followed = FollowedEvent["event"]["type"];

/** What a step logs that Azure's reason for its failure does not have. */
const ONLY_IN_LOG = "No module named 'pandas'";

/** Follows a job of two steps that was just submitted; returns the run, all events, and how long each wait was. */
async function followed(
  emulated: EmulatorOptions = {},
  options: Partial<Parameters<typeof follow>[2]> = {},
  change: Partial<AppContext> = {},
  answerMs = 0,
) {
  const fake = fakeContext({
    async fetch(request) {
      if (answerMs > 0) await clock.sleep(answerMs);
      const answer = await emulator.fetch(request);
      if (!answer.headers.get("content-type")?.includes("json")) return answer;
      return new Response((await answer.text()).replaceAll(ONLY_IN_LOG, "It broke"), answer);
    },
  });
  const { clock } = fake;
  const { emulator, ask } = createClient({ clock, ...emulated });
  await register({ ask });
  const body = job();
  Object.assign(body.properties.jobs.b, { environment_variables: { KEDRO_AZUREML_GROUP: '["fit","plot"]' } });
  equal((await ask("PUT", `${ID}/jobs/j1`, { body })).status, 201);
  const workspace = openWorkspace(
    {
      ...{ ...fake, cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
      tokens: { getToken: async (scope) => ({ token: emulator.issueToken(scope.replace("/.default", "")) }) },
    } as Parameters<typeof openWorkspace>[0],
  );
  const events: FollowedEvent[] = [];
  const report = (event: AppEvent) => void (event.type === "follow" && events.push(event));
  const ctx = { ...fake, report, ...change };
  const run = follow(ctx, workspace, { name: "j1", board: openBoard(), ...options });
  const ofType = (type: Followed) => events.filter(({ event }) => event.type === type);
  return { run, events, ofType, sleeps: fake.sleeps };
}

Deno.test("follow() reports each event with the names of its run, and returns how the run ended", async () => {
  const tracked = { a: { metrics: { mae: [2, 1.5] } } };
  const ended: unknown[] = [];
  const onEnd = async (end: unknown) => void ended.push(end);
  const { run, events } = await followed({ outcome: { tracked } }, { job: "main", onEnd });
  const { steps, durationMs, ...rest } = await run;
  deepEqual(rest, {
    job: "main",
    name: "j1",
    status: "Completed",
    metrics: [{ step: "a", name: "mae", value: 1.5 }],
  });
  deepEqual(steps.map(({ key, status, compute, needs }) => [key, status, compute, needs]), [
    ["a", "Completed", "cpu", []],
    ["b", "Completed", "cpu", ["a"]],
  ]);
  deepEqual(ended, [{ type: "end", job: "j1", status: "Completed", durationMs }]);
  const titles = events.map(({ name, title, logs }) => `${name} ${title} ${logs}`);
  deepEqual([...new Set(titles)], ["j1 main (j1) false"]);
  deepEqual(events.slice(-2).map(({ event }) => event.type), ["end", "closed"]);
});

Deno.test("follow() reports log lines and ticks only if they are wanted", async () => {
  const slow = { pace: { stepMs: 10_000 } };
  const [plain, all] = [await followed(slow), await followed(slow, { logs: true }, { tickMs: 1000 })];
  await Promise.all([plain.run, all.run]);
  deepEqual([plain.ofType("log").length, plain.ofType("tick").length], [0, 0]);
  deepEqual([all.ofType("log").length > 0, all.ofType("tick").length > 0], [true, true]);
  equal(all.events.every(({ logs }) => logs), true);
});

for (
  const [step, says, advice, node] of [
    ["a", `ModuleNotFoundError: ${ONLY_IN_LOG}`, /^Add the package that provides "pandas"/, undefined],
    ["a", "Image pull failed: unauthorized", /az ml compute show --name cpu /, undefined],
    ["b", "ValueError: no", /^undefined$/, "plot"],
  ] as const
) {
  Deno.test(`follow() says what to do about step ${step} that failed with "${says}", and which node did`, async () => {
    const { run, ofType } = await followed({ outcome: { failingSteps: { [step]: says } } });
    equal((await run).status, "Failed");
    const [failure] = ofType("failure") as [FollowedEvent];
    match(String(failure.advice), advice);
    equal(failure.failedNode, node);
  });
}

Deno.test("follow() uses the steps that the board already has, and names their nodes", async () => {
  const steps = [
    { key: "a", label: "Load it", compute: undefined, needs: [] },
    { key: "b", label: "Fit it", compute: undefined, needs: ["a"], nodes: ["fit", "plot"] },
  ];
  const { run, events } = await followed({}, { board: openBoard(steps) });
  const { steps: ended } = await run;
  const [first] = events;
  deepEqual(first!.event.type === "steps" && first!.event.steps.map(({ label, nodes }) => [label, nodes]), [
    ["Load it", undefined],
    ["Fit it", ["fit", "plot"]],
  ]);
  deepEqual(ended.map(({ label, nodes }) => [label, nodes?.map(({ status }) => status)]), [
    ["Load it", undefined],
    ["Fit it", ["Completed", "Completed"]],
  ]);
});

Deno.test("follow() ends after its time limit, and reports that it ended", async () => {
  const { run, events } = await followed({ pace: { stepMs: 3_600_000 } }, { timeoutMs: 60_000 });
  await rejects(run, { code: "job.timed_out" });
  equal(events.at(-1)!.event.type, "closed");
});
