import { deepEqual, equal, rejects } from "node:assert/strict";
import { triggerSchedule } from "../../../../src/azureml/service/schedules/runs.ts";
import { workspaceOf } from "../history/odd_answers.ts";

/**
 * Triggers a schedule with an earlier job.
 *
 * @param answers The response to each trigger; the last one repeats.
 * @param appearsAfter After how many lists of jobs a new one is there.
 */
function trigger(answers: readonly (() => Response)[], appearsAfter = Infinity) {
  const waiting = [...answers];
  let [sent, lists] = [0, 0];
  const workspace = workspaceOf(({ url, method }) => {
    const { pathname } = new URL(url);
    if (method === "POST") {
      sent++;
      return (waiting.length > 1 ? waiting.shift()! : waiting[0]!)();
    }
    if (pathname.endsWith("/schedules/nightly")) return Response.json({ name: "nightly", properties: {} });
    const names = ++lists > appearsAfter ? ["new", "old"] : ["old"];
    return Response.json({ value: names.map((name) => ({ name, properties: { status: "Running" } })) });
  });
  const waits: number[] = [];
  const clock = { ...workspace.clock, sleep: async (ms: number) => void waits.push(ms) };
  const made = triggerSchedule({ ...workspace, clock }, "nightly");
  return { made, sent: () => sent, waits };
}

const failure = (status: number) => () => Response.json({ error: { code: "x", message: "no" } }, { status });
const unnamed = () => Response.json(null);

Deno.test("triggerSchedule() returns the job that Azure names", async () => {
  const { made, sent, waits } = trigger([() => Response.json({ submissionId: "job-1" })]);
  deepEqual([await made, sent(), waits], ["job-1", 1, []]);
});

Deno.test("triggerSchedule() finds the job itself if Azure does not name it, and triggers only once", async () => {
  const { made, sent, waits } = trigger([unnamed], 2);
  deepEqual([await made, sent(), waits], ["new", 1, [5000, 5000]]);
});

Deno.test("triggerSchedule() fails if no job appears after four attempts", async () => {
  const { made, sent, waits } = trigger([unnamed]);
  await rejects(made, { code: "schedule.run_not_named", hint: /schedule runs nightly/ });
  deepEqual([sent(), waits.length], [1, 4]);
});

for (const status of [500, 503, 408, 429]) {
  Deno.test(`triggerSchedule() looks for the job before it triggers again after status ${status}`, async () => {
    const lost = trigger([failure(status)], 1);
    deepEqual([await lost.made, lost.sent()], ["new", 1]);
    const again = trigger([failure(status), () => Response.json({ submissionId: "job-2" })]);
    deepEqual([await again.made, again.sent(), again.waits], ["job-2", 2, [5000]]);
    const never = trigger([failure(status)]);
    await rejects(never.made, { name: "UserError", message: /trigger schedule "nightly"/ });
    equal(never.sent(), 4);
  });
}

Deno.test("triggerSchedule() does not try again if Azure refuses", async () => {
  const { made, sent } = trigger([failure(403)]);
  await rejects(made, { name: "UserError" });
  equal(sent(), 1);
});

Deno.test("triggerSchedule() looks for the job if the connection breaks", async () => {
  const cut = () => {
    throw new TypeError("connection closed");
  };
  const { made, sent } = trigger([cut], 1);
  deepEqual([await made, sent()], ["new", 1]);
});
