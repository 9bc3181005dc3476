import { rejects } from "node:assert/strict";
import { getPipelineBody } from "../../../../src/azureml/service/runs/run.ts";
import { workspaceOf } from "../history/odd_answers.ts";

Deno.test("getPipelineBody() rejects a job of another type and names the type", async () => {
  const job = { name: "fox", properties: { jobType: "Command", status: "Completed" } };
  await rejects(getPipelineBody(workspaceOf(() => Response.json(job)), "fox"), {
    code: "job.no_pipeline",
    message: '"fox" is a Command job, not a pipeline job',
  });
});
