import { deepEqual } from "node:assert/strict";
import { localPlaceOf, readLocal } from "../../../src/app/setup/plan_data.ts";
import { fakeContext } from "../../fakes/context.ts";

const FILES = { "/p/data/rides.csv": "1,2\n", "/p/data/parts/a.csv": "1\n", "/p/data/parts/deep/b.csv": "" };

const CASES = [
  ["data/rides.csv", "uri_file", ["uri_file", ["rides.csv", 4]]],
  ["data/rides.csv", "uri_folder", ["uri_file", ["rides.csv", 4]]],
  ["data/parts", "uri_folder", ["uri_folder", ["a.csv", 2], ["deep/b.csv", 0]]],
  ["data/parts", "uri_file", undefined],
  ["data/gone", "uri_folder", undefined],
] as const;

for (const [path, type, expected] of CASES) {
  Deno.test(`readLocal() returns ${expected?.[0]} for ${path} declared as ${type}`, async () => {
    const data = await readLocal(fakeContext({ files: FILES }), "/p", path, type);
    const files = data?.files.map(({ name, sizeBytes }) => [name, sizeBytes]);
    deepEqual(data && [data.type, ...files!], expected);
  });
}

Deno.test("readLocal() returns undefined for a folder without files", async () => {
  const ctx = fakeContext({ files: { "/p/empty/a": "" } });
  await ctx.fs.remove("/p/empty/a");
  deepEqual(await readLocal(ctx, "/p", "empty", "uri_folder"), undefined);
});

Deno.test("localPlaceOf() returns the file or folder that the catalog names for a data asset", () => {
  const type = "kedro_azureml_pipeline.datasets.AzureMLAssetDataset";
  const catalog = {
    memory: { type: "MemoryDataset", azureml_dataset: "rides" },
    other: { type, azureml_dataset: "other" },
    named: { type, azureml_dataset: "rides", azureml_type: "uri_file", dataset: { type: "x.Y" } },
    rides: { type, azureml_dataset: "rides", azureml_type: "uri_file", dataset: { filepath: "a/rides.csv" } },
    parts: {
      type,
      azureml_dataset: "parts",
      azureml_type: "uri_file",
      root_dir: "in",
      dataset: { path: "x" },
    },
    folder: { type, azureml_dataset: "folder", root_dir: "in", dataset: { filepath: "a.csv" } },
  };
  const placeOf = (name: string) => {
    const place = localPlaceOf(
      { snapshot: { catalog } } as unknown as Parameters<typeof localPlaceOf>[0],
      name,
    );
    return place && [place.type, place.path.replaceAll("\\", "/")];
  };
  deepEqual(placeOf("rides"), ["uri_file", "data/a/rides.csv"]);
  deepEqual(placeOf("parts"), ["uri_file", "in/x"]);
  deepEqual(placeOf("folder"), ["uri_folder", "in"]);
  deepEqual(placeOf("other"), ["uri_folder", "data"]);
  deepEqual(placeOf("gone"), undefined);
});
