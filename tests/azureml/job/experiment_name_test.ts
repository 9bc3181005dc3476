import { equal } from "node:assert/strict";
import { folderExperiment } from "../../../src/azureml/job/names.ts";
import { EXPERIMENT_NAME } from "../../../src/core/azure_limits.ts";

/** The experiment names of azure-ai-ml 1.35.2, or valid ones where Azure ML would reject those. */
const FOLDERS: readonly (readonly [folder: string, experiment: string])[] = [
  ["my project", "myproject"],
  ["spaceflights.v2", "spaceflights"],
  ["tiny: v1.2", "tiny-v1"],
  ["_private", "private"],
  ["日本", "Default"],
  ["", "Default"],
  ["x".repeat(300), "x".repeat(256)],
];

for (const [folder, experiment] of FOLDERS) {
  const shown = (name: string) => name.length > 30 ? `${name.length} times "x"` : `"${name}"`;
  Deno.test(`folderExperiment() returns ${shown(experiment)} for folder ${shown(folder)}`, () => {
    equal(folderExperiment(folder), experiment);
    equal(folderExperiment(experiment), experiment);
    equal(EXPERIMENT_NAME.test(experiment), true);
  });
}
