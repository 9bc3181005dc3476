import { deepEqual, equal, rejects } from "node:assert/strict";
import { openFile } from "../../../src/kedro/reader/snapshot_file.ts";
import type { ReaderOptions } from "../../../src/kedro/reader/reader.ts";
import { findProject } from "../../../src/kedro/project.ts";
import { rawJson } from "../../../src/core/json.ts";
import { projectOf, readProject } from "./read.ts";

const REGISTRY = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;

/** Opens a file with a snapshot of a project, some fields of which were changed. */
async function opened(
  change: (snapshot: Awaited<ReturnType<typeof readProject>>) => unknown = (snapshot) => snapshot,
  options: Partial<ReaderOptions> & { readonly file?: string } = {},
) {
  const { env = "local", runtimeParams = {}, file = "my snapshot.json" } = options;
  const ctx = projectOf(REGISTRY);
  const made = change(await readProject(ctx));
  const bytes = made instanceof Uint8Array
    ? made
    : new TextEncoder().encode(typeof made === "string" ? made : JSON.stringify(made));
  ctx.files.set("/shop/my snapshot.json", bytes.slice());
  return await openFile(ctx, await findProject(ctx, "/shop"), { env, runtimeParams }, file);
}

/** Lets the settings of a snapshot name a resolver. */
const resolving = (name: string) => (made: Awaited<ReturnType<typeof readProject>>) => {
  const settings = { ...made.project.settings, custom_resolvers: [name] };
  return { ...made, project: { ...made.project, settings } };
};

Deno.test("--snapshot reads a file of inspect --json", async () => {
  const reader = await opened(resolving("today"));
  const { project, pipelines } = await reader.snapshot({ lenient: false });
  deepEqual([project.source, project.package_name], ["file", "shop"]);
  deepEqual(pipelines.__default__!.nodes.map(({ name }) => name), ["one"]);
  await rejects(reader.resolve("today", []), {
    code: "snapshot.resolver",
    message: 'Cannot ask the resolver "today": a snapshot holds no code',
    hint: "Leave out `--snapshot`, so that the project itself is read",
  });
  deepEqual(await reader.resolve("oc.decode", ["[1, a]"]), [1, "a"]);
  equal((await opened(undefined, { file: "/shop/my snapshot.json" })).close instanceof Function, true);
});

Deno.test("--snapshot reads UTF-16 written by PowerShell", async () => {
  const reader = await opened((made) =>
    new Uint8Array(
      new Uint16Array([...`\ufeff${JSON.stringify(made)}`].map((one) => one.charCodeAt(0))).buffer,
    )
  );
  equal((await reader.snapshot()).project.package_name, "shop");
});

Deno.test("--snapshot reads a file without pipeline_names", async () => {
  const reader = await opened(({ pipeline_names: _, ...made }) => made);
  deepEqual((await reader.snapshot()).pipeline_names, ["__default__"]);
});

Deno.test("--snapshot accepts masked runtime parameters", async () => {
  const rate = rawJson("1.0") as number;
  const runtime_params = { rate, password: "***" };
  const reader = await opened((made) => ({ ...made, project: { ...made.project, runtime_params } }), {
    runtimeParams: { rate, password: "x" },
  });
  deepEqual((await reader.snapshot()).project.runtime_params, runtime_params);
});

const AGAIN = "Make it again with `kedro-azureml inspect --json -e prod > 'my snapshot.json'`";

for (
  const [what, open, expected] of [
    ["another environment", () => opened(undefined, { env: "prod" }), {
      code: "snapshot.mismatch",
      message: "Cannot use the snapshot my snapshot.json: the environment is local there, and prod here",
      hint: AGAIN,
    }],
    ["an environment with a space", () => opened(undefined, { env: "my env" }), {
      code: "snapshot.mismatch",
      hint: AGAIN.replace("prod", "'my env'"),
    }],
    ["other runtime parameters", () => opened(undefined, { runtimeParams: { rate: 1, password: "x" } }), {
      code: "snapshot.mismatch",
      message:
        'Cannot use the snapshot my snapshot.json: the runtime parameters is {} there, and {"rate":1,"password":"***"} here',
      hint: `${AGAIN.replace("prod", "local")} and the same \`--params\``,
    }],
    [
      "another project",
      () => opened((made) => ({ ...made, project: { ...made.project, package_name: "other" } })),
      {
        code: "snapshot.mismatch",
        message: "Cannot use the snapshot my snapshot.json: the project is other there, and shop here",
        hint: "Name the snapshot of this project",
      },
    ],
    ["another version", () => opened((made) => ({ ...made, version: "1" })), {
      code: "snapshot.version",
      message: 'Cannot use the snapshot my snapshot.json: its version is "1" instead of 1',
      hint: "Make it again with this version of kedro-azureml",
    }],
    ["text other than JSON", () => opened(() => "x"), {
      code: "snapshot.unreadable",
      message: "Cannot read the snapshot my snapshot.json: it is not JSON",
      hint: "Name a file that `kedro-azureml inspect --json` wrote",
    }],
    ["a missing file", () => opened(undefined, { file: "none.json" }), {
      code: "snapshot.unreadable",
      message: "Cannot read the snapshot none.json: there is no such file",
      hint: "Name a file that `kedro-azureml inspect --json` wrote",
    }],
  ] as const
) {
  Deno.test(`--snapshot rejects ${what}`, async () => {
    await rejects(open(), expected);
  });
}
