import { deepEqual, equal } from "node:assert/strict";
import { withJobOfSelection } from "../../../src/app/project/select_jobs.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";

const PIPELINES = {
  __default__: { nodes: [{ name: "clean" }] },
  training: { nodes: [{ name: "clean" }, { name: "fit model" }] },
} as unknown as ProjectSnapshot["pipelines"];

Deno.test("errors of a selected pipeline name pipeline_registry.py", () => {
  const config = {
    azureml: { jobs: {} },
    place: (path: readonly (string | number)[]) => ({ file: `azureml.yml:${path.join(".")}` }),
  };
  const project = { root: "/p", sourceDir: "/p/src", packageName: "acme.shop" };
  const given = { config, project, snapshot: { pipelines: PIPELINES } };
  const { session, jobs } = withJobOfSelection(
    given as unknown as Parameters<typeof withJobOfSelection>[0],
    { pipelines: ["training"] } as Parameters<typeof withJobOfSelection>[1],
  );
  deepEqual([...jobs.keys()], ["training"]);
  const fileOf = (...path: string[]) => session.config.place(path).file;
  equal(fileOf("jobs", "training", "compute"), "src/acme/shop/pipeline_registry.py");
  equal(fileOf("jobs", "other"), "azureml.yml:jobs.other");
  equal(fileOf("compute", "training"), "azureml.yml:compute.training");
});
