import { deepEqual } from "node:assert/strict";
import { environments } from "../../../src/config/layers/folders.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/layers/settings.ts";
import { fakeContext } from "../../fakes/context.ts";

const namesIn = (files: Record<string, string>) =>
  environments(fakeContext({ files }), { root: "/p", settings: DEFAULT_LOADER_SETTINGS });

Deno.test("environments() returns the visible folders directly in conf, sorted", async () => {
  const files = {
    "/p/conf/README.md": "",
    "/p/conf/prod/deep/catalog.yml": "",
    "/p/conf/base/catalog.yml": "",
    "/p/conf/.ipynb_checkpoints/a.yml": "",
  };
  deepEqual(await namesIn(files), ["base", "prod"]);
  deepEqual(await namesIn({ "/p/a.py": "" }), []);
  deepEqual(await namesIn({ "/p/conf": "a file" }), []);
});
