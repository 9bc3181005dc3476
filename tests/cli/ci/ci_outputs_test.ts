import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
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

Deno.test("GITHUB_OUTPUT in a missing folder is a warning", async () => {
  const ctx = fakeContext({
    env: { ...GITHUB, GITHUB_OUTPUT: "/none/output" },
    files: { "/ci/made": "" },
  });
  const events: unknown[] = [];
  await openCiReport(ctx, (event) => void events.push(event)).setOutputs([JOB]);
  deepEqual([...ctx.files.keys()], ["/ci/made"]);
  deepEqual(events, [{
    type: "warnings",
    warnings: [{
      code: "ci.not_told",
      message: 'Cannot write the outputs of the CI run to "/none/output": its folder does not exist',
    }],
  }]);
});

Deno.test("outputs and summary have no link to a page of an emulator that ends with its command", async () => {
  const ctx = fakeContext({ env: GITHUB, files: { "/ci/made": "" } });
  const report = openCiReport(ctx, () => {});
  const jobs = [{ ...JOB, studioUrl: "https://127.0.0.1:1/runs/fox" }];
  await report.setOutputs(jobs);
  await report.summarize(jobs);
  const outputs = await ctx.fs.readText("/ci/output");
  const summary = await ctx.fs.readText("/ci/summary.md");
  match(outputs, /^studio-url<<(.*)\n\n\1$/m);
  match(summary, /^fox in workspace ws$/m);
  doesNotMatch(outputs + summary, /127\.0\.0\.1/);
});

Deno.test("an unwritable folder for Azure Pipelines' summary is a warning", async () => {
  const ctx = fakeContext({ env: AZURE });
  const writeText = () => Promise.reject(new Deno.errors.PermissionDenied("no"));
  const events: unknown[] = [];
  await openCiReport({ ...ctx, fs: { ...ctx.fs, writeText } }, (event) => void events.push(event)).summarize([
    JOB,
  ]);
  deepEqual(events, [{
    type: "warnings",
    warnings: [{
      code: "ci.not_told",
      message: 'Cannot write the summary of the CI run to "/tmp": permission denied',
    }],
  }]);
  equal(ctx.stderr(), "");
});
