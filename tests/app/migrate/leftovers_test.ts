import { deepEqual } from "node:assert/strict";
import { pipelineFolders } from "../../../src/app/migrate/leftovers.ts";
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

Deno.test("pipelineFolders() lists the folders of pipelines if the registry calls find_pipelines()", async () => {
  const folders = async (files: Record<string, string>) =>
    await pipelineFolders(fakeContext({ files }), PROJECT);
  deepEqual(await folders({ ...FINDS, ...FOLDERS }), ["clean", "train"]);
  deepEqual(await folders(FINDS), [], "there is no folder of pipelines");
  deepEqual(await folders(FOLDERS), [], "the registry does not look for pipelines");
});
