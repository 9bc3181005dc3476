import { deepEqual, equal, notEqual, rejects } from "node:assert/strict";
import { createDataFinder } from "../../../src/emulator/runner/data_assets.ts";
import { createBlob, textContent } from "../../../src/emulator/storage/blob_content.ts";
import { createWorld, openContainer } from "../../../src/emulator/state/world.ts";
import { seedResources } from "../../../src/emulator/state/seed.ts";
import { exited, fakeContext } from "../../fakes/context.ts";
import { clockAndRandom } from "../../fakes/emulator.ts";
import { WORKSPACE, WORKSPACE_ID } from "../client.ts";

/** A finder with these files of this machine, and the programs that it runs. */
function finder(
  data: Readonly<Record<string, string>>,
  localData: Readonly<Record<string, string>> = {},
) {
  const programs: string[] = [];
  const machine = {
    ...fakeContext({ files: { "/data/my rides.csv": "1\n", "/data/parts/a.csv": "2\n" } }),
    exec: async (program: string, args: readonly string[]) => {
      programs.push([program, ...args].join(" "));
      return exited();
    },
  };
  const seed = { workspaces: [WORKSPACE], data: [{ name: "rides", versions: ["1", "2"] }] };
  const world = createWorld({ ...clockAndRandom(), seed });
  seedResources(world, seed);
  const { find } = createDataFinder(world, machine, { data, localData, folder: "/copies" });
  const [workspace] = world.workspaces;
  return { programs, find: (reference: string, type = "uri_file") => find(workspace!, reference, type) };
}

for (
  const [reference, data, copied] of [
    ["azureml:rides:2", { rides: "/data/my rides.csv" }, "my_rides.csv"],
    ["azureml:rides@latest", { "rides:2": "/data/my rides.csv", rides: "/none" }, "my_rides.csv"],
    [`${WORKSPACE_ID}/data/rides/versions/1`, { "rides:1": "/data/my rides.csv" }, "my_rides.csv"],
  ] as const
) {
  const shown = reference.replace(WORKSPACE_ID, "<workspace>");
  Deno.test(`runner copies the data given for ${Object.keys(data)[0]} to input ${shown}`, async () => {
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

Deno.test("runner copies a folder of data once", async () => {
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
    ["a missing path", "azureml:rides:1", "uri_file", { rides: "/gone" }, /There is nothing at \/gone/],
    [
      "a data asset without a path",
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
  ] as const
) {
  Deno.test(`runner rejects ${what}`, async () => {
    await rejects(finder(data).find(reference, type), { name: "DataMissing", message });
  });
}

Deno.test("runner renames a given file to the name in the catalog", async () => {
  const { find } = finder({ rides: "/data/my rides.csv" }, { rides: "/project/data/01_raw/rides.csv" });
  equal((await find("azureml:rides:2")).split("/").at(-1), "rides.csv");
});

/** A finder whose emulator has these blobs in the workspace's own container. */
function finderWith(
  blobs: Readonly<Record<string, string>>,
  path?: string,
  localData: Readonly<Record<string, string>> = {},
) {
  const machine = {
    ...fakeContext(),
    exec: async () => exited(),
  };
  const seed = {
    workspaces: [WORKSPACE],
    data: [{ name: "rides", versions: ["1"], ...(path !== undefined && { path }) }],
  };
  const world = createWorld({ ...clockAndRandom(), seed });
  seedResources(world, seed);
  const [workspace] = world.workspaces;
  const container = openContainer(
    world,
    workspace!.account,
    `azureml-blobstore-${workspace!.workspaceId}`,
  );
  for (const [name, text] of Object.entries(blobs)) {
    container.blobs.set(name, createBlob(world, textContent(text)));
  }
  const base = `${world.links.blob(workspace!.account)}/${container.name}`;
  const { find } = createDataFinder(world, machine, { data: {}, localData, folder: "/copies" });
  const filesIn = async (reference: string, type: string) => {
    const path = await find(workspace!, reference, type);
    const below = [...machine.files].map(([file, bytes]) => [
      file.replace(/^\/copies\/[^/]+/, ""),
      new TextDecoder().decode(bytes),
    ]);
    return { path: path.replace(/^\/copies\/[^/]+/, ""), files: Object.fromEntries(below) };
  };
  return { filesIn, base, container, world, fs: machine.fs };
}

Deno.test("runner reads a data asset's folder from the emulator's storage", async () => {
  const blobs = { "raw/a.csv": "1", "raw/deep/b.csv": "2", "rawer/c.csv": "3", raw: "4" };
  const { filesIn } = finderWith(blobs, "raw/");
  deepEqual(await filesIn("azureml:rides:1", "uri_folder"), {
    path: "",
    files: { "/a.csv": "1", "/deep/b.csv": "2", "/raw": "4" },
  });
});

Deno.test("runner reads a single file by its datastore path or URL", async () => {
  const blobs = { "raw/a.csv": "1", "raw/a.csv.md5": "x" };
  const one = finderWith(blobs, "raw/a.csv");
  const found = { path: "/a.csv", files: { "/a.csv": "1" } };
  deepEqual(await one.filesIn("azureml:rides:1", "uri_file"), found);
  const store = "azureml://datastores/workspaceblobstore/paths/raw/a.csv";
  deepEqual(await finderWith(blobs).filesIn(`azureml://subscriptions/s${store.slice(9)}`, "uri_file"), found);
  const other = finderWith(blobs);
  deepEqual(await other.filesIn(`${other.base.replace(/(\.net)/, "$1:443")}/raw/a.csv`, "uri_file"), found);
});

Deno.test("runner reads only committed blobs", async () => {
  const { filesIn, container, world } = finderWith({ "raw/a.csv": "1" }, "raw");
  container.blobs.set("raw/staged", createBlob(world, textContent("x"), { isUncommitted: true }));
  deepEqual((await filesIn("azureml:rides:1", "uri_folder")).files, { "/a.csv": "1" });
  const large = finderWith({}, "raw");
  large.container.blobs.set("raw/big", createBlob(large.world, { sizeBytes: 9 }));
  await rejects(large.filesIn("azureml:rides:1", "uri_folder"), {
    message: "The emulator kept only the size of the blob raw/big",
  });
});

Deno.test("runner rejects data in other containers and datastores", async () => {
  const { filesIn, base } = finderWith({ "raw/a.csv": "1" });
  for (
    const reference of [
      `${base}x/raw/a.csv`,
      "azureml://subscriptions/s/datastores/gone/paths/raw/a.csv",
      `${base}/other`,
      `${base.replace(/\/[^/]+$/, "")}/rides`,
    ]
  ) await rejects(filesIn(reference, "uri_folder"), { name: "DataMissing" }, reference);
});

Deno.test("runner prefers uploaded data assets to local data", async () => {
  const { filesIn, container, world, fs } = finderWith({}, "raw", { rides: "/project/rides.csv" });
  await rejects(filesIn("azureml:rides:1", "uri_file"), { name: "DataMissing" }, "it is not there");
  await fs.writeText("/project/rides.csv", "local");
  equal((await filesIn("azureml:rides:1", "uri_file")).path, "/rides.csv");
  await rejects(filesIn("azureml:rides:1", "uri_folder"), {
    name: "DataMissing",
    message: /^Data asset rides:1 is not on this machine\. /,
  }, "it is no folder");
  container.blobs.set("raw/a.csv", createBlob(world, textContent("uploaded")));
  equal((await filesIn("azureml:rides:1", "uri_folder")).files["/a.csv"], "uploaded");
  const both = finderWith({ "raw/a.csv": "uploaded" }, "raw", { rides: "/project/rides.csv" });
  await both.fs.writeText("/project/rides.csv", "local");
  equal((await both.filesIn("azureml:rides:1", "uri_file")).path, "/a.csv", "what was uploaded goes first");
});

for (const kind of ["data", "localData"]) {
  Deno.test(`runner copies a changed local file of ${kind} again`, async () => {
    let modifiedAt = new Date(0);
    const { fs, ...fake } = fakeContext({ files: { "/rides.csv": "1" } });
    const machine = {
      ...fake,
      fs: { ...fs, stat: async () => ({ kind: "file" as const, sizeBytes: 1, modifiedAt }) },
      exec: async () => exited(),
    };
    const seed = { workspaces: [WORKSPACE], data: [{ name: "rides", versions: ["1"] }] };
    const world = createWorld({ ...clockAndRandom(), seed });
    seedResources(world, seed);
    const given = { data: {}, [kind]: { rides: "/rides.csv" }, folder: "/copies" };
    const { find } = createDataFinder(world, machine, given);
    const [workspace] = world.workspaces;
    const first = await find(workspace!, "azureml:rides:1", "uri_file");
    modifiedAt = new Date(1);
    notEqual(await find(workspace!, "azureml:rides:1", "uri_file"), first);
  });
}
