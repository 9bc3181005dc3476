import { deepEqual, equal, rejects } from "node:assert/strict";
import { putJob, sendJob } from "../../../src/azureml/submit/send_job.ts";
import { UserError } from "../../../src/core/errors.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const body = (displayName: string) => ({ properties: { displayName } });

type Answer = (name: string) => Response;

/** Sends a job to a workspace that gives these answers to reads and writes, one after the other. */
async function send(
  answers: { readonly reads?: readonly Answer[]; readonly writes?: readonly Answer[] },
  change: Partial<Parameters<typeof sendJob>[1]> = {},
) {
  const [reads, writes] = [[...answers.reads ?? []], [...answers.writes ?? []]];
  const sent: unknown[] = [];
  const compared: unknown[] = [];
  const workspace = workspaceOf(async (request) => {
    const name = new URL(request.url).pathname.split("/").at(-1)!;
    if (request.method === "GET") return (reads.shift() ?? missing)(name);
    sent.push(((await request.json()) as ReturnType<typeof body>).properties.displayName);
    return (writes.shift() ?? there("first"))(name);
  });
  const job = await sendJob(workspace, {
    name: undefined,
    body: () => Promise.resolve(body("first")),
    requireSame: async (there, given) =>
      void compared.push([there.job.displayName, given?.properties.displayName]),
    ...change,
  });
  return { job, sent, compared };
}

const there = (displayName: string, studio?: string): Answer => (name) =>
  Response.json({
    name,
    properties: { displayName, ...(studio && { services: { Studio: { endpoint: studio } } }) },
  });
const refused = (status = 400): Answer => () =>
  Response.json({ error: { code: "X", message: "No." } }, { status });
const missing = refused(404);

Deno.test("sendJob() compares its job with an existing one", async () => {
  const { job, sent, compared } = await send({ reads: [there("first")] }, { name: "mine" });
  deepEqual([job.wasThere, sent, compared], [true, [], [["first", undefined]]]);
  equal(job.studioUrl.startsWith("https://ml.azure.com/runs/mine?"), true);
});

Deno.test("sendJob() compares its job with one created meanwhile", async () => {
  const reads = [missing, there("other")];
  const { compared } = await send({ reads, writes: [refused(409)] }, { name: "mine" });
  deepEqual(compared, [["other", "first"]]);
  const unnamed = await send({ reads: [there("other")], writes: [refused(409)] });
  deepEqual(unnamed.compared, [], "nobody else has a name that was made for this job");
});

Deno.test("sendJob() records a job before it sends it", async () => {
  const order: unknown[] = [];
  const { job } = await send({ writes: [(name) => (order.push("sent"), there("first")(name))] }, {
    beforeSending: async (...given) => {
      await new Promise((resolve) => setTimeout(resolve));
      order.push(given);
    },
  });
  const { name, studioUrl } = job;
  deepEqual(order, [[{ name, studioUrl }, body("first")], "sent"]);
});

Deno.test("sendJob() sends a corrected job once", async () => {
  const mend = () => Promise.resolve(body("mended"));
  const { job, sent } = await send({ writes: [refused()] }, { mend });
  deepEqual([sent, job.body], [["first", "mended"], body("mended")]);
  await rejects(send({ writes: [refused(), refused()] }, { mend }), UserError);
  await rejects(send({ writes: [refused()] }, { mend: () => Promise.resolve(undefined) }), UserError);
});

Deno.test("putJob() finds a job that was created despite an error", async () => {
  const put = async (status: number, accept?: () => Promise<void>) => {
    const workspace = workspaceOf(({ method }) =>
      method === "PUT"
        ? refused(409)("fox")
        : status === 200
        ? Response.json({ name: "fox", properties: { jobType: "Pipeline", status: "Running" } })
        : refused(status)("fox")
    );
    return await putJob(workspace, "fox", {}, accept);
  };
  equal((await put(200)).status, "Running");
  await rejects(put(200, () => Promise.reject(new Error("another job"))), { message: "another job" });
  await rejects(put(404), { message: /^Cannot submit job "fox"/ });
  await rejects(put(403), {
    message: 'Job "fox" may have been submitted: it conflicts with the current state',
    hint: "Look with `kedro-azureml job show fox` before you submit again, or submit with `--name fox`, " +
      "which never makes a second job",
    data: {
      ...{ status: 409, azureCode: "X", azureInnerCode: undefined, requestId: undefined },
      ...{ jobMayBeThere: true, name: "fox" },
    },
  });
});

Deno.test("putJob() sends nothing after Ctrl+C", async () => {
  const asked: string[] = [];
  const workspace = workspaceOf(({ method }) => {
    asked.push(method);
    return Response.json({ name: "fox", properties: {} });
  });
  const interrupted = { ...workspace, signal: AbortSignal.abort("SIGINT") };
  await rejects(putJob(interrupted, "fox", {}), { code: "interrupted", message: /job "fox" was not sent$/ });
  deepEqual(asked, []);
});
