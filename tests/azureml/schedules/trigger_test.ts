import { deepEqual, equal, rejects } from "node:assert/strict";
import { triggerSchedule } from "../../../src/azureml/schedules/schedules.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

/**
 * Triggers a schedule with an earlier job.
 *
 * @param answers The response to each trigger; the last one repeats.
 * @param appearsAfter After how many lists of jobs a new one is there.
 */
function trigger(answers: readonly (() => Response)[], appearsAfter = Infinity) {
  const waiting = [...answers];
  const bodies: unknown[] = [];
  let lists = 0;
  const workspace = workspaceOf(async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") {
      bodies.push(await request.json());
      return (waiting.length > 1 ? waiting.shift()! : waiting[0]!)();
    }
    if (pathname.endsWith("/schedules/nightly")) return Response.json({ name: "nightly", properties: {} });
    const names = ++lists > appearsAfter ? ["new", "old"] : ["old"];
    return Response.json({ value: names.map((name) => ({ name, properties: { status: "Running" } })) });
  });
  const waits: number[] = [];
  const clock = { ...workspace.clock, sleep: async (ms: number) => void waits.push(ms) };
  const made = triggerSchedule({ ...workspace, clock }, "nightly");
  return { made, bodies, sent: () => bodies.length, waits };
}

const failure = (status: number) => () => Response.json({ error: { code: "x", message: "no" } }, { status });
const unnamed = () => Response.json(null);

Deno.test("triggerSchedule() returns the name of the new job", async () => {
  const { made, bodies, waits } = trigger([() => Response.json({ submissionId: "job-1" })]);
  deepEqual([await made, bodies, waits], ["job-1", [{ scheduleTime: "2026-01-02T03:04:05.000Z" }], []]);
});

Deno.test("triggerSchedule() finds the new job if Azure does not name it", async () => {
  const { made, sent, waits } = trigger([unnamed], 2);
  deepEqual([await made, sent(), waits], ["new", 1, [5000, 5000]]);
});

Deno.test("triggerSchedule() gives up if no job appears", async () => {
  const { made, sent, waits } = trigger([unnamed]);
  await rejects(made, {
    code: "schedule.run_not_named",
    exit: 6,
    message: 'Schedule "nightly" was triggered, but Azure did not return the name of the job',
    hint: "Run `kedro-azureml schedule runs nightly` in a minute",
  });
  deepEqual([sent(), waits.length], [1, 4]);
});

for (const status of [500, 503, 408, 429]) {
  Deno.test(`triggerSchedule() retries status ${status} if no job appeared`, async () => {
    const lost = trigger([failure(status)], 1);
    deepEqual([await lost.made, lost.sent()], ["new", 1]);
    const again = trigger([failure(status), () => Response.json({ submissionId: "job-2" })]);
    deepEqual([await again.made, again.sent(), again.waits], ["job-2", 2, [5000]]);
    const never = trigger([failure(status)]);
    await rejects(never.made, { name: "UserError", message: /trigger schedule "nightly"/ });
    equal(never.sent(), 4);
  });
}

Deno.test("triggerSchedule() does not retry status 403", async () => {
  const message = "The request does not come from the workspace's private link configuration.";
  const notPrivate = () => Response.json({ error: { code: "UserError", message } }, { status: 502 });
  for (
    const [answer, code] of [[failure(403), "azure.forbidden"], [notPrivate, "azure.private_only"]] as const
  ) {
    const { made, sent } = trigger([answer]);
    await rejects(made, { code });
    equal(sent(), 1);
  }
});

Deno.test("triggerSchedule() finds the new job after a broken connection", async () => {
  const cut = () => {
    throw new TypeError("connection closed");
  };
  const { made, sent } = trigger([cut], 1);
  deepEqual([await made, sent()], ["new", 1]);
});

Deno.test("triggerSchedule() stops at Ctrl+C", async () => {
  const stop = new AbortController();
  let requests = 0;
  const workspace = workspaceOf(({ method }) => {
    requests++;
    if (method !== "POST") return Response.json({ name: "nightly", properties: {}, value: [] });
    stop.abort();
    return failure(503)();
  });
  await rejects(triggerSchedule({ ...workspace, signal: stop.signal }, "nightly"), {
    code: "azure.unavailable",
  });
  equal(requests, 3);
});
