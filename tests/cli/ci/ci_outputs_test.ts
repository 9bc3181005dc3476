import { deepEqual, equal } from "node:assert/strict";
import type { SummarizedJob } from "../../../src/app/context.ts";
import { openCiReport } from "../../../src/cli/terminal/ci.ts";
import { fakeContext } from "../../fakes/context.ts";

const JOB: SummarizedJob = {
  ...{ job: "main", name: "fox", status: "Completed", studioUrl: "https://studio/runs/fox" },
  workspace: { subscription_id: "s", resource_group: "rg", name: "ws" },
  ...{ steps: [], graph: "flowchart LR\n", metrics: [] },
};
const GITHUB = { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: "/ci/output", GITHUB_STEP_SUMMARY: "/ci/summary.md" };
const AZURE = { TF_BUILD: "True", AGENT_TEMPDIRECTORY: "/tmp" };

/** Reports jobs, and returns the files, commands and warnings that were written. */
async function told(env: Record<string, string>, jobs: readonly SummarizedJob[] = [JOB]) {
  const ctx = fakeContext({ env, files: { "/ci/made": "" } });
  const warnings: unknown[] = [];
  const report = openCiReport(ctx, (event) => void warnings.push(event));
  await report.setOutputs(jobs);
  await report.summarize(jobs);
  const decoder = new TextDecoder();
  ctx.files.delete("/ci/made");
  const files = Object.fromEntries([...ctx.files].map(([path, bytes]) => [path, decoder.decode(bytes)]));
  return { files, commands: ctx.stderr().split("\n").slice(0, -1), warnings };
}

for (
  const [what, env, jobs, files] of [
    ["nothing for GitHub Actions without jobs", GITHUB, [], []],
    ["nothing for Azure Pipelines without jobs", AZURE, [], []],
    ["no outputs without GITHUB_OUTPUT", { ...GITHUB, GITHUB_OUTPUT: "" }, [JOB], ["/ci/summary.md"]],
    ["no summary without GITHUB_STEP_SUMMARY", { ...GITHUB, GITHUB_STEP_SUMMARY: "" }, [JOB], ["/ci/output"]],
    ["nothing in GitLab CI", { GITLAB_CI: "true" }, [JOB], []],
    ["nothing outside CI", {}, [JOB], []],
  ] as const
) {
  Deno.test(`openCiReport() writes ${what}`, async () => {
    const found = await told(env, jobs);
    deepEqual([Object.keys(found.files), found.commands, found.warnings], [files, [], []]);
  });
}

Deno.test("openCiReport() sets Azure Pipelines variables and reports failed and canceled jobs", async () => {
  const jobs = ["Running", "Failed", "Completed", "Canceled"].map((status) => ({
    ...JOB,
    name: status,
    status,
  }));
  const { files, commands } = await told(AZURE, jobs);
  deepEqual(commands.slice(0, 4), [
    "##vso[task.setvariable variable=jobName;isOutput=true;]Running",
    "##vso[task.setvariable variable=studioUrl;isOutput=true;]https://studio/runs/fox",
    "##vso[task.setvariable variable=status;isOutput=true;]Running",
    `##vso[task.setvariable variable=jobs;isOutput=true;]${JSON.stringify(jobs)}`,
  ]);
  const [path] = Object.keys(files);
  deepEqual(commands.slice(4), [
    "##vso[task.logissue type=error;]Job main (Failed): Failed",
    "##vso[task.logissue type=error;]Job main (Canceled): Canceled",
    `##vso[task.uploadsummary]${path}`,
  ]);
  equal(files[path!]!.includes("mermaid"), false);
  const { files: none, commands: few, warnings } = await told({ ...AZURE, AGENT_TEMPDIRECTORY: "" });
  deepEqual([none, few.length, warnings], [{}, 4, []]);
});

Deno.test("openCiReport() warns about a file in a missing folder, and creates no folder", async () => {
  const ctx = fakeContext({
    env: { ...GITHUB, GITHUB_OUTPUT: "/none/output" },
    files: { "/ci/made": "" },
  });
  const events: unknown[] = [];
  await openCiReport(ctx, (event) => void events.push(event)).setOutputs([JOB]);
  deepEqual([...ctx.files.keys()], ["/ci/made"]);
  deepEqual(events, [{
    type: "warning",
    warning: {
      code: "ci.not_told",
      message: 'Cannot write the outputs of the CI run to "/none/output": its folder does not exist',
    },
  }]);
});

Deno.test("openCiReport() warns about an unwritable folder for Azure Pipelines' summary", async () => {
  const ctx = fakeContext({ env: AZURE });
  const writeText = () => Promise.reject(new Deno.errors.PermissionDenied("no"));
  const events: unknown[] = [];
  await openCiReport({ ...ctx, fs: { ...ctx.fs, writeText } }, (event) => void events.push(event)).summarize([
    JOB,
  ]);
  deepEqual(events, [{
    type: "warning",
    warning: {
      code: "ci.not_told",
      message: 'Cannot write the summary of the CI run to "/tmp": permission denied',
    },
  }]);
  equal(ctx.stderr(), "");
});
