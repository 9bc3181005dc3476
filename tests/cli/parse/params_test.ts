import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { runtimeParams, withParams } from "../../../src/cli/parse/params.ts";
import { pythonJson } from "../../../src/core/json.ts";

/** What `kedro run` reads from `--params`; see scripts/golden/renew.py. */
type GoldenParams = Readonly<Record<string, { readonly params: string } | { readonly error: string }>>;

const { equals, colons } = JSON.parse(
  await Deno.readTextFile(new URL("../../golden/params.json", import.meta.url)),
) as Readonly<Record<"equals" | "colons", GoldenParams>>;

async function paramsOf(text: string) {
  const { params: { parse, finish } } = withParams;
  return await finish!(parse!(text, undefined));
}

for (const [text, expected] of Object.entries({ ...equals, ...colons })) {
  const verb = "error" in expected ? "rejects" : "reads";
  Deno.test(`--params ${verb} ${JSON.stringify(text)}, as kedro run does`, async () => {
    const read = paramsOf(text);
    if ("error" in expected) await rejects(read, { name: /^(?:InvalidArgumentError|UserError)$/ });
    else equal(pythonJson(await read), expected.params);
  });
}

for (
  const [text, params] of [
    ['{"a": {"b": 1.0}}', '{"a": {"b": 1.0}}'],
    [`'{"a": 1}'`, '{"a": 1}'],
    ["'a=1'", '{"a": 1}'],
    ["null", "{}"],
    ["", "{}"],
  ] as const
) {
  Deno.test(`--params reads ${text || "an empty text"} as the plugin does`, async () => {
    equal(pythonJson(await paramsOf(text)), params);
  });
}

Deno.test("--params rejects malformed JSON and pairs", async () => {
  for (const text of ["{alpha:5}", "{'a': 1}", "a"]) {
    throws(() => runtimeParams(text), { message: /^(?:not valid JSON \(.*; )?use name=value/ }, text);
  }
  throws(() => runtimeParams("[1, a=2"), { message: /^not valid JSON \(.*\); use name=value/ });
  for (const [text, kind] of [["[1]", "list"], ["1.0", "number"], ["5", "number"], ["true", "boolean"]]) {
    throws(() => runtimeParams(text!), {
      message: `a ${kind}, not an object; use name=value,group.name=value or {"name": value}`,
    });
  }
  throws(() => runtimeParams("a=[1,2]"), {
    message: '"2]" is not name=value; values with commas need JSON, such as {"name": [1, 2]}',
  });
  throws(() => runtimeParams("a=1,=5"), { message: /^"=5" has no name; use name=value/ });
  deepEqual(await paramsOf("a=[1]"), { a: [1] });
});
