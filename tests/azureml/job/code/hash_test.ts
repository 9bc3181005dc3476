import assert from "node:assert/strict";
import { codeAssetName, hashFiles } from "../../../../src/azureml/job/code/file.ts";
import { componentVersion } from "../../../../src/azureml/job/names.ts";
import { parseJson } from "../../../../src/core/json.ts";
import { fakeContext } from "../../../fakes/context.ts";

/** Files of a folder, and the hash that azure-ai-ml 1.35.2 computes for it. */
const CONTENT: Readonly<Record<string, string>> = {
  ".amlignore": "conf/local/*\n!.gitkeep\n",
  ".git/HEAD": "ref",
  "a.txt": "a",
  "B.txt": "B",
  "conf/base/parameters.yml": "x: 1\n",
  "conf/local/.gitkeep": "",
  "src/a.py": "print(1)\n",
  "src/link.txt": "a",
  "Zed/é.txt": "zz",
};
const CONTENT_HASH = "087d3e27b1170299c8bdc391d70d8dc2f1d56ee0f49dde808ac66c5ea515c3a9";

const { fs, files: written } = fakeContext({
  files: Object.fromEntries(Object.entries(CONTENT).map(([name, text]) => [`/code/${name}`, text])),
});
const FILES = Object.keys(CONTENT).map((name) => {
  const path = `/code/${name}`;
  return { path, name, sizeBytes: written.get(path)!.length };
});

Deno.test("hashFiles() returns the same hash as azure-ai-ml", async () => {
  assert.equal((await hashFiles(fs, FILES)).hash, CONTENT_HASH);
  assert.equal((await hashFiles(fs, FILES.toReversed())).hash, CONTENT_HASH);
});

Deno.test("componentVersion() returns the plugin's version for equal components", async () => {
  let seen = 0;
  for (const recording of ["tiny/run-main", "spaceflights/run-everything"]) {
    const file = new URL(`../../../golden/${recording}.requests.json`, import.meta.url);
    const { requests } = parseJson(await Deno.readTextFile(file)) as {
      requests: {
        method: string;
        url: string;
        body: { properties: { componentSpec: Record<string, unknown> } };
      }[];
    };
    for (const { method, url, body } of requests) {
      const version = /\/components\/azureml_anonymous\/versions\/([^?]+)/.exec(url)?.[1];
      if (method !== "PUT" || version === undefined) continue;
      assert.equal(componentVersion(body.properties.componentSpec), version);
      const named = { ...body.properties.componentSpec, name: "n", version: "9", id: "i", _source: "s" };
      assert.equal(componentVersion(named), version);
      assert.notEqual(componentVersion({ ...body.properties.componentSpec, command: "other" }), version);
      seen++;
    }
  }
  assert.ok(seen >= 8);
});

Deno.test("codeAssetName() returns a UUID", () => {
  const name = codeAssetName(CONTENT_HASH);
  assert.match(name, /^087d3e27-b117-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(
    name,
    codeAssetName(CONTENT_HASH.replace("d70d8d", "d70d8e")),
  );
  const variants = ["0", "1", "2", "3", "7", "e"].map((digit) =>
    codeAssetName(`${CONTENT_HASH.slice(0, 16)}${digit}${CONTENT_HASH.slice(17)}`)[19]
  );
  assert.deepEqual(variants, ["8", "9", "a", "b", "b", "a"]);
});
