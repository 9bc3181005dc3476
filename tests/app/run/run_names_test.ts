import { deepEqual } from "node:assert/strict";
import { runsLike } from "../../../src/app/run/run_names.ts";
import type { JobConfig } from "../../../src/config/azureml/types.ts";

Deno.test("runsLike() returns the experiment name that submit sends, or derives from the folder", () => {
  const job = { pipeline: { pipeline_name: "train" } } as JobConfig;
  const root = "/home/ada/my project.v2";
  deepEqual(runsLike(job, { experimentName: undefined }, root), {
    displayName: "train",
    experimentName: "myproject",
  });
  deepEqual(runsLike(job, { experimentName: "configured" }, root).experimentName, "configured");
});
