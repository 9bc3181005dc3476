import { deepEqual } from "node:assert/strict";
import { findLeftovers, pipelineFolders } from "../../../src/app/setup/migrate.ts";
import { fakeContext } from "../../fakes/context.ts";

const PROJECT = {
  name: "Shop",
  packageName: "shop",
  kedroInitVersion: "1.0.0",
  root: "/shop",
  sourceDir: "/shop/src",
};
const FINDS = { "/shop/src/shop/pipeline_registry.py": "pipelines = find_pipelines()\n" };
const FOLDERS = {
  "/shop/src/shop/pipelines/train/pipeline.py": "",
  "/shop/src/shop/pipelines/clean/nodes/a.py": "",
  "/shop/src/shop/pipelines/__pycache__/a.pyc": "",
  "/shop/src/shop/pipelines/__init__.py": "",
};

for (
  const [line, command, pipelines = ["training"]] of [
    ["kedro azureml run", "submit main"],
    ["kedro azureml run -p __default__", "submit main"],
    ["kedro azureml run -p training --wait-for-completion", "submit training --wait"],
    ["kedro azureml run -p main", "submit -p main"],
    ["kedro azureml run --pipeline=etl", "submit -p etl"],
    ["kedro azureml run -p ${{ inputs.name }}", "submit -p ${{inputs.name}}"],
    ["kedro azureml run", "submit -p __default__", ["main"]],
    ["kedro azureml run -p main", "submit main", ["main"]],
    ["kedro azureml -e prod run -p training", "-e prod submit training"],
    ["kedro azureml --env=prod compile", "-e prod compile main"],
    ["kedro azureml --env ${{ inputs.env }} run", "-e ${{inputs.env}} submit main"],
    ["\tkedro azureml -e $(ENV) init", "-e $(ENV) init"],
    ["kedro azureml run -p '$(rm${IFS}x)'", "submit -p '$(rm${IFS}x)'"],
  ] as const
) {
  Deno.test(`setup replaces \`${line.trim()}\` if ${pipelines} has a job of its own`, async () => {
    const ctx = fakeContext({ files: { "/shop/ci.yml": `${line}\n` } });
    const hints = (await findLeftovers(ctx, PROJECT, pipelines)).map(({ hint }) => hint);
    deepEqual(hints[0], `Use \`kedro-azureml ${command}\``);
  });
}

Deno.test("setup reads only text files inside the project", async () => {
  const read = ["Makefile", "ci/Dockerfile", "a.cfg", "a.sh", "a.toml", "a.txt", "a.yaml", "ci/deep/run.yml"];
  const folders = [
    ...[".git", ".venv", "venv", "env", "node_modules", "site-packages", "__pycache__", "data", "mlruns"],
    ...["logs", ".tox", ".cache", "dist", "build"],
  ];
  const others = [
    "README.md",
    "a.json",
    "a.yml.bak",
    "Makefile.old",
    ...folders.map((name) => `${name}/run.yml`),
  ];
  const files = [...read, ...others].map((name) => [`/shop/${name}`, "x: y\n  - kedro azureml run\n"]);
  const notes = await findLeftovers(fakeContext({ files: Object.fromEntries(files) }), PROJECT, []);
  const found = notes.filter(({ message }) => message.startsWith("The command line"));
  deepEqual(found.map(({ place }) => [place?.file, place?.line, place?.column]), [
    ...read.toSorted().map((file) => [file, 2, 5]),
  ]);
});

/** Files that the system lists in no order. */
function unsorted(files: Record<string, string>) {
  const { fs } = fakeContext({ files });
  const walk: typeof fs.walk = async function* (...args) {
    yield* (await Array.fromAsync(fs.walk(...args))).reverse();
  };
  return { ...fs, walk };
}

Deno.test("setup knows the folders of find_pipelines()", async () => {
  const folders = async (files: Record<string, string>) =>
    await pipelineFolders({ fs: unsorted(files) }, PROJECT);
  deepEqual(await folders({ ...FINDS, ...FOLDERS }), ["clean", "train"]);
  deepEqual(await folders(FINDS), [], "there is no folder of pipelines");
  deepEqual(await folders(FOLDERS), [], "the registry does not look for pipelines");
});
