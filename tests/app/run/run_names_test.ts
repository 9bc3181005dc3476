import { deepEqual } from "node:assert/strict";
import { runsLike } from "../../../src/app/run/run_names.ts";
import type { JobConfig } from "../../../src/config/azureml/types.ts";

Deno.test("runsLike() returns the experiment that submit sends for a project whose folder is no experiment name", () => {
  const job = { pipeline: { pipeline_name: "train" } } as JobConfig;
  const root = "/home/ada/my project.v2";
  deepEqual(runsLike(job, { experimentName: undefined }, root), {
    displayName: "train",
    experimentName: "myproject",
  });
  deepEqual(runsLike(job, { experimentName: "configured" }, root).experimentName, "configured");
});
