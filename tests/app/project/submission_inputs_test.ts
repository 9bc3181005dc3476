import { deepEqual, equal } from "node:assert/strict";
import { compileJob } from "../../../src/app/project/compile_job.ts";
import { selectJobs } from "../../../src/app/project/select_jobs.ts";
import { readSubmissionInputs } from "../../../src/app/project/submission_inputs.ts";
import { slashed } from "../../fakes/paths.ts";
import { makeWorld } from "../../cli/world.ts";

Deno.test("submit -C reads Git in the project's folder", async () => {
  const { ctx } = makeWorld({ env: { AZUREML_GIT_COMMIT: "abc", AZUREML_GIT_BRANCH: "main" } });
  const app = { ...ctx, cwd: "/home/user", report() {} };
  const selected = await selectJobs(app, { directory: ctx.cwd, names: ["main"] });
  const { spec } = await compileJob(app, selected, "main", {});
  const inputs = await readSubmissionInputs(app, selected);
  const { root, env, experiment, properties, workspaceOf } = inputs;
  deepEqual({ root: slashed(root), env, experiment, properties }, {
    ...{ root: "/home/user/tiny", env: "local", experiment: "tiny" },
    properties: { "mlflow.source.git.branch": "main", "mlflow.source.git.commit": "abc" },
  });
  equal(workspaceOf(spec).name, "ws-golden");
  equal((await inputs.select(spec.codeDirectory!)).files.some(({ name }) => name === "pyproject.toml"), true);
});
