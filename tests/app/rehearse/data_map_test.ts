import { rejects } from "node:assert/strict";
import type { JobSpec } from "../../../src/azureml/job/job_spec.ts";
import { requireLocalData } from "../../../src/app/rehearse/data_map.ts";
import { fakeContext } from "../../fakes/context.ts";

/** A job that reads version 2 of a file. */
const SPEC = {
  steps: [{ inputs: [{ from: { kind: "asset", type: "uri_file", path: "azureml:rides:2" } }] }],
} as unknown as JobSpec;

Deno.test("requireLocalData() prefers the data for one version of an asset", async () => {
  const ctx = {
    ...fakeContext({ files: { "/data/rides.csv": "a", "/data/folder/a.csv": "b" } }),
    report() {},
  };
  await requireLocalData(ctx, [SPEC], { rides: "/data/folder", "rides:2": "/data/rides.csv" });
  await rejects(requireLocalData(ctx, [SPEC], { rides: "/data/folder", "rides:1": "/data/rides.csv" }), {
    code: "rehearse.data",
    message: 'Data for asset "rides" must be a file, because it is a uri_file: "/data/folder" is a folder',
  });
});
