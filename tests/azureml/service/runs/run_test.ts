import { deepEqual, rejects } from "node:assert/strict";
import { cancelJob, getPipelineBody } from "../../../../src/azureml/service/runs/run.ts";
import { workspaceOf } from "../history/odd_answers.ts";

Deno.test("getPipelineBody() rejects a job of another type and names the type", async () => {
  const job = { name: "fox", properties: { jobType: "Command", status: "Completed" } };
  await rejects(getPipelineBody(workspaceOf(() => Response.json(job)), "fox"), {
    code: "job.no_pipeline",
    message: '"fox" is a Command job, not a pipeline job',
  });
});

const refused = (status: number) =>
  Response.json({ error: { code: "UserError", message: "No" } }, { status });

for (const status of [400, 404, 409]) {
  Deno.test(`cancelJob() reads the status of the job if its cancellation is refused with status ${status}`, async () => {
    const cancelOf = (answer: () => Response) =>
      cancelJob(workspaceOf(({ method }) => method === "POST" ? refused(status) : answer()), "fox");
    const jobWith = (status: string) => () => Response.json({ name: "fox", properties: { status } });
    deepEqual(await cancelOf(jobWith("Completed")), { outcome: "ended", status: "Completed" });
    deepEqual(await cancelOf(() => refused(404)), { outcome: "absent" });
    await rejects(cancelOf(jobWith("Running")), { message: /^Cannot cancel job "fox"/ });
  });
}

Deno.test("cancelJob() reports a refusal with status 403 without reading the job", async () => {
  const asked: string[] = [];
  const workspace = workspaceOf(({ method }) => {
    asked.push(method);
    return refused(403);
  });
  await rejects(cancelJob(workspace, "fox"), { message: /^Cannot cancel job "fox"/ });
  deepEqual(asked, ["POST"]);
});
