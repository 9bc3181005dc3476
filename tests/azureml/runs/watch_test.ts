import { deepEqual, equal } from "node:assert/strict";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { type FollowEvent, openWatch } from "../../../src/azureml/runs/follow_job.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { createClient, ID, job, register, WORKSPACE } from "../../emulator/two_steps.ts";
import { fakeContext } from "../../fakes/context.ts";

type FollowOptions = Parameters<typeof openWatch>[2];

const PACE = { prepareMs: 2000, stepMs: 4000, parallelSteps: 1, cancelMs: 1000 };

/** An event as text: its type, the step and key, and what changed. */
function shown(event: FollowEvent): string {
  switch (event.type) {
    case "status":
      return `status ${event.status}`;
    case "step":
      return `step ${event.run.step} (${event.key}) ${event.run.status}`;
    case "failure":
      return `failure of ${event.run.step}: ${event.failure.message}`;
    case "node":
      return `node ${event.node.name} of ${event.step} (${event.key}) ${event.node.status}`;
    case "log":
      return `log of ${event.step}`;
    case "steps":
      return `steps ${event.steps.map(({ key, label }) => `${key}=${label}`)}`;
    case "warnings":
      return event.warnings.map(({ code, hint }) =>
        `warning ${code}: ${hint?.split(" ").slice(0, 2).join(" ")}`
      ).join();
    default:
      return event.type;
  }
}

/** Watches the job of two steps; each poll is some seconds after the job was submitted. */
async function watching(
  options: EmulatorOptions = {},
  how: FollowOptions = {},
  change: (properties: ReturnType<typeof job>["properties"]) => void = () => {},
  answer: (request: Request, response: Response) => Response | Promise<Response> = (_, response) => response,
) {
  const begun = Date.parse("2026-01-01T00:00:00Z");
  let now = begun;
  const clock = { now: () => new Date(now), sleep: async () => {} };
  const { emulator, ask } = createClient({ clock, pace: PACE, ...options });
  await register({ ask });
  const body = job();
  Object.assign(body.properties.jobs.a, { display_name: "Load it" });
  change(body.properties);
  equal((await ask("PUT", `${ID}/jobs/j1`, { body })).status, 201);
  let isLost = false;
  const workspace = openWorkspace(
    {
      ...fakeContext({
        fetch: async (request) =>
          isLost && request.url.includes("/history/")
            ? Response.json({ error: { code: "X", message: "No." } }, { status: 403 })
            : answer(request, await emulator.fetch(request)),
      }),
      clock,
      cloud: CLOUDS.AzureCloud!,
      config: WORKSPACE,
      tokens: { getToken: async (scope) => ({ token: emulator.issueToken(scope.replace("/.default", "")) }) },
    } as Parameters<typeof openWorkspace>[0],
  );
  const watch = openWatch(workspace, "j1", how);
  return {
    watch,
    async poll(atSeconds: number, lost = false): Promise<string[]> {
      isLost = lost;
      now = begun + atSeconds * 1000;
      return (await Array.fromAsync(watch.poll())).map(shown);
    },
  };
}

Deno.test("openWatch() warns once that steps cannot be read", async () => {
  const { poll } = await watching();
  await poll(0);
  deepEqual(await poll(3, true), ["status Running", "warning follow.no_steps: Run `kedro-azureml"]);
  deepEqual([await poll(3), await poll(3), await poll(3)], [[], [], []]);
  deepEqual(await poll(4, true), [], "it warned before");
  deepEqual([await poll(4), await poll(4), await poll(4)], [[], [], []]);
  deepEqual(await poll(4), ["step Load it (a) Running"]);
  deepEqual(await poll(5, true), ["warning follow.no_steps: Run `kedro-azureml"], "it was well meanwhile");
  deepEqual(await poll(60), [
    "step Load it (a) Completed",
    "step b (b) Completed",
  ], "the end is never skipped");
});

Deno.test("openWatch() reports why Azure canceled a job", async () => {
  const canceled = async (error?: object) => {
    const { poll, watch } = await watching({}, {}, undefined, async (request, response) => {
      const { pathname } = new URL(request.url);
      if (!/\/(?:jobs\/j1|runs\/j1(?:\/details)?)$/.test(pathname)) return response;
      const answer = JSON.parse((await response.text()).replaceAll('"Completed"', '"Canceled"'));
      if (pathname.endsWith("/runs/j1")) answer.createdUtc = "2026-02-01T00:00:00Z";
      return Response.json({ ...answer, ...(pathname.endsWith("/details") && { error }) });
    });
    await poll(0);
    const events = await poll(60);
    deepEqual(watch.state(), { status: "Canceled", durationMs: 0 }, "clocks may differ");
    return events.slice(2);
  };
  deepEqual(await canceled(), []);
  deepEqual(await canceled({ error: { message: "No quota" } }), ["failure of j1: No quota"]);
});
