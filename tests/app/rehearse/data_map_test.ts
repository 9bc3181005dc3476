import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import type { JobSpec } from "../../../src/azureml/job/job_spec.ts";
import type { AppEvent } from "../../../src/app/context.ts";
import { chooseLocalData, readLocalData, resolveDataMap } from "../../../src/app/rehearse/prepare.ts";
import { makeWorld } from "../../cli/world.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { fakeContext } from "../../fakes/context.ts";

/** A job that reads version 2 of a file. */
const SPEC = {
  steps: [{ inputs: [{ from: { kind: "asset", type: "uri_file", path: "azureml:rides:2" } }] }],
} as unknown as JobSpec;

const CATALOG = {
  trips: {
    type: "kedro_azureml_pipeline.datasets.AzureMLAssetDataset",
    azureml_dataset: "rides",
    azureml_type: "uri_file",
    root_dir: "data/01_raw",
    dataset: { type: "pandas.CSVDataset", filepath: "rides.csv" },
  },
};

/** Chooses data in a project with these files. */
function choose(given: Record<string, string>, { files = {}, catalog = CATALOG, spec = SPEC } = {}) {
  const ctx = {
    ...fakeContext({ files: { "/data/rides.csv": "a", "/data/folder/a.csv": "b", ...files } }),
    report() {},
  };
  const load = { root: "/project", env: "local", settings: DEFAULT_LOADER_SETTINGS };
  const session = { project: { root: "/project" }, snapshot: { catalog }, load };
  return chooseLocalData(ctx, session as unknown as Parameters<typeof chooseLocalData>[1], [spec], given);
}

Deno.test("--data NAME:VERSION takes precedence over --data NAME", async () => {
  const both = { rides: "/data/folder", "rides:2": "/data/rides.csv" };
  assert.deepEqual(await choose(both), both);
  const one = { "rides:2": "/data/rides.csv" };
  assert.deepEqual(await choose(one), one, "other versions have no data");
  await assert.rejects(choose({ rides: "/data/folder" }), {
    code: "rehearse.data",
    message: 'Data for asset "rides" must be a file, because it is a uri_file: "/data/folder" is a folder',
  });
});

Deno.test("--data takes precedence over the catalog's file", async () => {
  const files = { "/project/data/01_raw/rides.csv": "a" };
  assert.deepEqual(await choose({}, { files }), { rides: resolve("/project/data/01_raw/rides.csv") });
  assert.deepEqual(await choose({ rides: "/data/rides.csv" }, { files }), { rides: "/data/rides.csv" });
  const written = "trips:\n  dataset:\n    filepath: rides.csv\n";
  await assert.rejects(choose({}, { files: { "/project/conf/base/catalog.yml": written } }), {
    message: 'Data asset "rides" is not on this machine',
    place: { file: "conf/base/catalog.yml", line: 3, column: 5, key: "trips.dataset.filepath" },
    details: [
      `rides is a uri_file: put the file at ${
        join("data/01_raw/rides.csv")
      }, where the catalog has it, or pass it`,
    ],
    hint: "Add `--data rides=PATH`",
  });
});

Deno.test("--data suggests the right name of a data asset", async () => {
  const message = async (name: string) =>
    await choose({ [name]: "/data/rides.csv" }).catch(({ message }) => message);
  assert.equal(
    await message("trips"),
    'The job reads no data asset "trips" (the data asset of dataset "trips" is "rides")',
  );
  assert.equal(await message("rids"), 'The job reads no data asset "rids" (did you mean "rides"?)');
  assert.equal(await message("rides:3"), 'The job reads no data asset "rides:3" (did you mean "rides:2"?)');
});

Deno.test("--data is relative to the current folder", async () => {
  const ctx = { ...fakeContext({ cwd: "/project/src", files: { "/project/a.csv": "a" } }), report() {} };
  assert.deepEqual(await resolveDataMap(ctx, { a: "../a.csv", b: "/project" }), {
    a: resolve("/project/a.csv"),
    b: resolve("/project"),
  });
  await assert.rejects(resolveDataMap(ctx, { a: "a.csv" }), {
    code: "rehearse.data",
    exit: 2,
    message: 'Data for asset "a" not found: there is nothing at "a.csv"',
    hint: "Correct the path in `--data a=PATH`; it is relative to the current folder",
  });
});

Deno.test("rehearse finds local data of data assets in the catalog", async () => {
  const { ctx } = makeWorld({ project: "assetlab", cwd: "/home/user/assetlab/src" });
  const root = "/home/user/assetlab";
  assert.deepEqual(await readLocalData({ ...ctx, report() {} }, {}), {
    "raw-file-asset": resolve(`${root}/data/01_raw/raw.csv`),
    "Raw_Folder.Asset": resolve(`${root}/data/01_raw`),
    "intermediate-asset": resolve(`${root}/data/02_intermediate`),
    "final-asset": resolve(`${root}/data`),
    "file-output": resolve(`${root}/data/out.json`),
    "sales-asset": resolve(`${root}/data`),
    "stock-asset": resolve(`${root}/data`),
  });
});

for (const [when, event] of [["before", undefined], ["while", "reading"]] as const) {
  Deno.test(`Ctrl+C ends rehearse ${when} it reads the project`, async () => {
    const stop = new AbortController();
    if (event === undefined) stop.abort("SIGINT");
    const { ctx } = makeWorld({ project: "assetlab", signal: stop.signal });
    const report = ({ type }: AppEvent) => void (type === event && stop.abort("SIGINT"));
    await assert.rejects(
      readLocalData({ ...ctx, report }, {}),
      (thrown) => thrown === "SIGINT" || (thrown as { code?: string }).code === "interrupted",
    );
  });
}

for (
  const [what, azureml, warnings] of [
    ["warns about an unreadable project", "jobs: [", 1],
    ["needs no project", undefined, 0],
  ] as const
) {
  Deno.test(`emulator --run-steps ${what}`, async () => {
    const { ctx } = makeWorld();
    const files = azureml === undefined ? ["/home/user/tiny/pyproject.toml"] : [];
    for (const file of files) await ctx.fs.remove(file);
    if (azureml !== undefined) await ctx.fs.writeText("/home/user/tiny/conf/base/azureml.yml", azureml);
    const told: string[] = [];
    const report = (event: AppEvent) =>
      void (event.type === "warnings" && told.push(...event.warnings.map(({ message }) => message)));
    assert.deepEqual(await readLocalData({ ...ctx, report }, {}), {});
    assert.equal(told.length, warnings);
    for (const message of told) {
      assert.match(message, /^Steps do not find the local data of the catalog: .*azureml\.yml/);
    }
  });
}
