import { deepEqual, equal, rejects } from "node:assert/strict";
import { createDataFinder } from "../../../src/emulator/runner/data_assets.ts";
import { createWorld } from "../../../src/emulator/world/create_world.ts";
import { seedResources } from "../../../src/emulator/world/seed.ts";
import { fakeContext } from "../../fakes/context.ts";
import { WORKSPACE, WORKSPACE_ID } from "../client.ts";

/** A finder with these files of this machine, and the programs that it runs. */
function finder(data: Readonly<Record<string, string>>) {
  const programs: string[] = [];
  const machine = {
    ...fakeContext({ files: { "/data/my rides.csv": "1\n", "/data/parts/a.csv": "2\n" } }),
    exec: async (program: string, args: readonly string[]) => {
      programs.push([program, ...args].join(" "));
      return { status: 0, stdout: "", stderr: "", found: true, timedOut: false };
    },
  };
  const seed = { workspaces: [WORKSPACE], data: [{ name: "rides", versions: ["1", "2"] }] };
  const world = createWorld({ seed });
  seedResources(world, seed);
  const { find } = createDataFinder(world, machine, { data, folder: "/copies" });
  const [workspace] = world.workspaces;
  return { programs, find: (reference: string, type = "uri_file") => find(workspace!, reference, type) };
}

for (
  const [reference, data, copied] of [
    ["azureml:rides:2", { rides: "/data/my rides.csv" }, "my_rides.csv"],
    ["azureml:rides@latest", { "rides:2": "/data/my rides.csv", rides: "/none" }, "my_rides.csv"],
    ["azureml:rides", { "rides:2": "/data/my rides.csv" }, "my_rides.csv"],
    [`${WORKSPACE_ID}/data/rides/versions/1`, { "rides:1": "/data/my rides.csv" }, "my_rides.csv"],
  ] as const
) {
  const shown = reference.replace(WORKSPACE_ID, "<workspace>");
  Deno.test(`createDataFinder() copies the data given for ${Object.keys(data)[0]} if ${shown} is needed`, async () => {
    const { find, programs } = finder(data);
    const path = await find(reference);
    const folder = path.slice(0, path.lastIndexOf("/"));
    equal(path, `${folder}/${copied}`);
    deepEqual(programs, [
      `mkdir -p -m 700 -- ${folder}`,
      `cp -RL -- /data/my rides.csv ${path}`,
      `chmod -R a-w -- ${folder}`,
    ]);
  });
}

Deno.test("createDataFinder() copies data once for each type", async () => {
  const { find, programs } = finder({ rides: "/data/parts" });
  const path = await find("azureml:rides:1", "uri_folder");
  equal(await find("azureml:rides:1", "uri_folder"), path);
  equal(path.split("/").at(-1), "parts");
  equal(programs.length, 3);
});

for (
  const [what, reference, type, data, message] of [
    [
      "a folder in place of a file",
      "azureml:rides:1",
      "uri_file",
      { rides: "/data/parts" },
      /parts is no file, as a uri_file is/,
    ],
    [
      "a file in place of a folder",
      "azureml:rides:1",
      "uri_folder",
      { rides: "/data/my rides.csv" },
      /is no folder, as a uri_folder is/,
    ],
    [
      "a path that does not exist",
      "azureml:rides:1",
      "uri_file",
      { rides: "/gone" },
      /There is nothing at \/gone/,
    ],
    [
      "a data asset for which no path is given",
      "azureml:rides:1",
      "uri_file",
      {},
      /rides:1 is not on this machine.*--data rides=PATH/,
    ],
    [
      "a URI in place of a data asset",
      "https://elsewhere.example/x",
      "uri_file",
      {},
      /only data assets can be given with --data/,
    ],
    [
      "an unknown version of a data asset",
      "azureml:rides:3",
      "uri_file",
      { rides: "/data/parts" },
      /only data assets can be given/,
    ],
  ] as const
) {
  Deno.test(`createDataFinder() rejects ${what}`, async () => {
    await rejects(finder(data).find(reference, type), { name: "DataMissing", message });
  });
}
