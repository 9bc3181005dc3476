import { deepEqual } from "node:assert/strict";
import { findLeftovers, pipelineFolders } from "../../../src/app/migrate/leftovers.ts";
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

Deno.test("findLeftovers() reports a Python that is older than 3.11", async () => {
  const messages = async (python: string) => {
    const conda = `dependencies:\n  - python=${python}\n  - pip:\n    - kedro-azureml-pipeline==0.1.0\n`;
    const ctx = fakeContext({ files: { "/shop/environment/conda.yml": conda } });
    return (await findLeftovers(ctx, PROJECT)).map(({ message }) => message);
  };
  deepEqual(await messages("3.10"), [
    "environment/conda.yml installs Python 3.10; the plugin needs 3.11 or newer",
  ]);
  deepEqual(await messages("3.11"), []);
});

Deno.test("pipelineFolders() lists the folders of pipelines if the registry calls find_pipelines()", async () => {
  const folders = async (files: Record<string, string>) =>
    await pipelineFolders(fakeContext({ files }), PROJECT);
  deepEqual(await folders({ ...FINDS, ...FOLDERS }), ["clean", "train"]);
  deepEqual(await folders(FINDS), [], "there is no folder of pipelines");
  deepEqual(await folders(FOLDERS), [], "the registry does not look for pipelines");
});
