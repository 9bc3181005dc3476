import { deepEqual } from "node:assert/strict";
import { namePipelineOrNode } from "../../../src/app/project/select_jobs.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";

const PIPELINES = {
  __default__: { nodes: [{ name: "clean" }] },
  training: { nodes: [{ name: "clean" }, { name: "fit model" }] },
} as unknown as ProjectSnapshot["pipelines"];

/** The message and hint for unknown jobs. */
function explained(...unknown: readonly string[]) {
  const message = `Job "${unknown[0]}" not found in azureml.yml (did you mean "x"?)`;
  const details = ["jobs: x"];
  const { hint, message: said, details: listed } = namePipelineOrNode(
    new UserError(message, { code: "job.unknown", hint: "Use another", details, data: { unknown } }),
    PIPELINES,
  );
  deepEqual(listed, hint === "Use another" ? details : []);
  return [said, /submit ([^`]*)`/.exec(hint!)?.[1] ?? hint];
}

Deno.test("the name of a pipeline in place of a job suggests -p", () => {
  const notFound = (name: string) => `Job "${name}" not found in azureml.yml`;
  deepEqual(explained("training"), [`${notFound("training")}; it is a pipeline`, "-p training"]);
  deepEqual(explained("clean"), [`${notFound("clean")}; it is a node`, "--nodes clean"]);
  deepEqual(explained("fit model"), [
    `${notFound("fit model")}; it is a node`,
    "-p training --nodes 'fit model'",
  ]);
  deepEqual(explained("training", "__default__")[1], "--pipelines training,__default__");
});
