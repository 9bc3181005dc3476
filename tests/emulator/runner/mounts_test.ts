import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { DataMissing } from "../../../src/emulator/runner/data_assets.ts";
import {
  codeOf,
  mount,
  type StepParts,
  type StepServices,
  type StepTask,
} from "../../../src/emulator/runner/mounts.ts";

import { createWorld, openContainer, type Resource } from "../../../src/emulator/state/world.ts";
import { textContent } from "../../../src/emulator/storage/blob_content.ts";
import { exited, fakeContext } from "../../fakes/context.ts";
import { clockAndRandom } from "../../fakes/emulator.ts";

const DONE = exited();

/** Mounts the inputs of a step on a machine in memory; returns its ports, or an error, and the links that were made. */
async function mounting(
  inputs: Readonly<Record<string, unknown>>,
  { files = {}, outputs = {}, linked = {}, isHollow = false }: {
    readonly files?: Readonly<Record<string, string>>;
    readonly outputs?: Readonly<Record<string, { readonly type: string }>>;
    /** Where links lead. */
    readonly linked?: Readonly<Record<string, string>>;
    /** Whether folders have only folders. */
    readonly isHollow?: boolean;
  } = {},
) {
  const [links, made]: [string[], string[]] = [[], []];
  const { fs, ...rest } = fakeContext({ files: { ...files } });
  const machine = {
    ...rest,
    fs: {
      ...fs,
      realPath: async (path: string) => linked[path],
      async *walk(...given: Parameters<typeof fs.walk>) {
        for await (const entry of fs.walk(...given)) if (!isHollow || entry.kind === "folder") yield entry;
      },
    },
    async exec(program: string, args: readonly string[]) {
      if (program === "ln") links.push(args.slice(-2).join(" <- "));
      else made.push(`${program} ${args.at(-1)}`);
      return DONE;
    },
  };
  const find = (_: unknown, reference: string) => {
    if (reference === "broken") return Promise.reject(new TypeError("broken"));
    return reference === "gone" ? Promise.reject(new DataMissing("It is gone.")) : Promise.resolve(reference);
  };
  const services = { machine, data: { find } } as unknown as StepServices;
  const task = { folder: "/j/b", folderOf: (step: string) => `/j/${step}`, job: {} } as unknown as StepTask;
  const parts = { job: {}, node: { inputs }, spec: { outputs } } as unknown as StepParts;
  const mounted = await mount(services, task, parts);
  return typeof mounted === "string" ? mounted : { ...mounted.ports, targets: mounted.targets, links, made };
}

const data = (uri: string, type = "uri_folder") => ({ job_input_type: type, uri });
const literal = (value: unknown) => ({ job_input_type: "literal", value });

Deno.test("a step finds an input file under its own name", async () => {
  const inputs = { rate: literal(2), folder: data("/data/rides"), file: data("/data/x.csv", "uri_file") };
  const files = { "/data/rides/1.csv": "1", "/data/x.csv": "2" };
  deepEqual(await mounting(inputs, { files, linked: { "/data/rides": "/real/rides" } }), {
    inputs: { rate: "2", folder: "/j/b/mounts/INPUT_folder", file: "/j/b/mounts/INPUT_file/x.csv" },
    outputs: {},
    targets: ["/real/rides", "/data/x.csv"],
    links: [
      "/data/rides <- /j/b/mounts/INPUT_folder",
      "/data/x.csv <- /j/b/mounts/INPUT_file/x.csv",
    ],
    made: ["mkdir /j/b/mounts/INPUT_file"],
  });
});

Deno.test("a step writes a uri_file into a folder of its output", async () => {
  const outputs = { model: { type: "uri_folder" }, report: { type: "uri_file" } };
  const mounted = await mounting({}, { outputs });
  deepEqual((mounted as { readonly outputs: unknown }).outputs, {
    model: "/j/b/outputs/model",
    report: "/j/b/outputs/report/report",
  });
});

Deno.test("a step with missing data is an error", async () => {
  equal(await mounting({ x: data("gone") }), "Cannot mount input 'x'. It is gone.");
  await rejects(mounting({ x: data("broken") }), { name: "TypeError" });
});

Deno.test("a step reads only outputs that contain a file", async () => {
  const inputs = { x: literal("${{parent.jobs.a.outputs.out}}") };
  const full = await mounting(inputs, { files: { "/j/a/outputs/out/deep/1": "" } });
  deepEqual((full as { readonly links: unknown }).links, ["/j/a/outputs/out <- /j/b/mounts/INPUT_x"]);
  for (
    const lacking of [{ files: { "/j/a/outputs/other/1": "" } }, {
      files: { "/j/a/outputs/out/deep/1": "" },
      isHollow: true,
    }]
  ) {
    match(
      String(await mounting(inputs, lacking)),
      /^Cannot mount input 'x'\. .* wrote nothing to its output 'out'\.$/,
    );
  }
});

Deno.test("runner downloads each code asset once", async () => {
  const world = createWorld(clockAndRandom());
  const { blobs } = openContainer(world, "store", "code");
  const place = { contentType: "", metadata: {}, etag: "", modifiedAt: new Date(0), staged: new Map() };
  blobs.set("src/a.py", { ...place, ...textContent("1"), isUncommitted: false });
  for (const id of ["/codes/one", "/codes/two"]) {
    const codeUri = `${world.links.blob("store")}/code/src`;
    world.resources.set(id, { id, name: "1", type: "codes", properties: { codeUri } } as Resource);
  }
  const { fs, random, files } = fakeContext();
  const machine = { fs, random, exec: async () => DONE };
  const services = { world, machine, codes: new Map(), codeFolder: "/codes" } as unknown as StepServices;
  const folders = await Promise.all(
    ["/codes/one", "azureml:/codes/one", "/codes/two"].map((reference) => codeOf(services, reference)),
  );
  equal(folders[0], folders[1]);
  deepEqual(
    [...files.keys()].toSorted(),
    [folders[0], folders[2]].map((folder) => `${folder}/a.py`).toSorted(),
  );
});
