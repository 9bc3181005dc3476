import { deepEqual, equal, rejects } from "node:assert/strict";
import { resolve } from "node:path";
import type { AppContext } from "../../../src/app/context.ts";
import { withParamsFile } from "../../../src/app/project/params.ts";
import { fakeContext } from "../../fakes/context.ts";

const FILES = {
  "/p/a.yml": "rate: 1.0\nname: x\n",
  "/p/A.JSON": '{"rate": 1e5}',
  "/p/LIST.JSON": "[1]",
  "/p/no.json": "{",
};
const withFile = async (file: string, params?: Record<string, unknown>) =>
  await withParamsFile(fakeContext({ cwd: "/p", files: FILES }) as unknown as AppContext, file, params);

Deno.test("withParamsFile() reads YAML or JSON, and prefers parameters of the command line", async () => {
  equal(JSON.stringify(await withFile("a.yml")), '{"rate":1.0,"name":"x"}');
  deepEqual(await withFile("../p/a.yml", { rate: 2, more: 3 }), { rate: 2, name: "x", more: 3 });
  equal(JSON.stringify(await withFile("A.JSON")), '{"rate":100000.0}');
});

for (
  const [name, file, what] of [
    ["a missing file", "none.yml", "file not found"],
    ["a folder", ".", "it is a folder"],
    ["a JSON list", "LIST.JSON", "not a JSON object"],
    ["invalid JSON", "no.json", /^Cannot read parameters from "\/p\/no\.json": invalid JSON \(/],
  ] as const
) {
  Deno.test(`withParamsFile() rejects ${name}`, async () => {
    const path = resolve("/p", file);
    const message = typeof what === "string" ? `Cannot read parameters from "${path}": ${what}` : what;
    await rejects(withFile(file), { code: "usage.params_file", message, place: { file: path } });
  });
}
