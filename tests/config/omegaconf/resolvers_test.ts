import { deepEqual, equal, rejects } from "node:assert/strict";
import { type Layers, loadLayers } from "../../../src/config/load_layers.ts";
import { toPlain } from "../../../src/config/omegaconf/node.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

/** Loads azureml.yml with this text, and globals.yml, of a project with the resolver `today`. */
function load(
  text: string,
  globals = "g: 1\nh: {i: x}\n_p: 1\n",
  resolve?: (name: string, args: readonly unknown[]) => unknown,
): Promise<Layers> {
  const files = {
    "/project/conf/base/azureml.yml": text,
    "/project/conf/base/globals.yml": globals,
    "/project/conf/local/.gitkeep": "",
  };
  return loadLayers(fakeContext({ files }), "azureml", {
    root: "/project",
    env: "local",
    settings: { ...DEFAULT_LOADER_SETTINGS, custom_resolvers: ["today"] },
    runtimeParams: { p: 5, deep: { q: [1, 2] }, _own: 3 },
    ...(resolve && { resolve: async (name: string, args: readonly unknown[]) => resolve(name, args) }),
  });
}

const valuesOf = async (text: string) => toPlain((await load(text)).values);

/** The value of `v`, beside `a: {b: 1, c: [x, y]}`, and what it becomes. */
const RESOLVED: readonly (readonly [text: string, value: unknown])[] = [
  ["'${a[${m}]}'", 1],
  ["'${a.c[${one}]}'", "y"],
  ["'${globals:\"h[i]\"}'", "x"],
  ["'${globals:.h.i}'", "x"],
  ["'${runtime_params:_own}'", 3],
  ["'${runtime_params:\"deep.q[1]\"}'", 2],
  ["'${oc.select:.a.b}'", 1],
  ["'${oc.dict.values:h}'", [1, "t"]],
];

const AROUND = "a: {b: 1, c: [x, y]}\nh: {i: 1, j: t}\nk: a\nm: b\none: 1\nmissing: ???\n";

for (const [text, value] of RESOLVED) {
  Deno.test(`loadLayers() resolves ${text} to ${JSON.stringify(value)}`, async () => {
    const { v } = await valuesOf(`${AROUND}v: ${text}\n`) as { v: unknown };
    deepEqual(v, value);
  });
}

/** The value of `v`, and the end of the error. */
const REJECTED: readonly (readonly [text: string, what: string])[] = [
  ["'${v}'", "it refers to itself"],
  ["'${none}'", 'key "none" not found in this environment'],
  ["'${missing}'", '"${missing}" is "???" (a value that is still missing)'],
  ["'${a.b.x}'", '"a.b" in "${a.b.x}" has no keys'],
  ["'${${f}.b}'", '"${f}" is used as a key and must be text or an integer'],
  ["'${globals:_p}'", '`globals` does not read keys that begin with "_"'],
  ["'${globals:none}'", '"none" not found in globals, and no default is given'],
  ["'${globals:1}'", '"globals" takes a key as its first argument'],
  ["'${globals:a,1,2}'", '"globals" takes 1 or 2 arguments, not 3'],
  ["'${runtime_params:none}'", 'runtime parameter "none" is not set, and no default is given'],
  ["'${oc.env:HOME}'", 'the resolver "oc.env" is only allowed in credentials'],
  ["'${oc.dict.keys:k}'", '"k" is not a mapping'],
  ["'${oc.deprecated:k,1}'", '"oc.deprecated" takes its message as text'],
  ["'${globls:g}'", 'unknown resolver "globls" (did you mean "globals"?)'],
];

for (const [text, what] of REJECTED) {
  Deno.test(`loadLayers() rejects ${text}: ${what}`, async () => {
    const error: unknown = await valuesOf(`${AROUND}f: 1.5\nv: ${text}\n`.replace("a: {b", "a: {n: null, b"))
      .catch((thrown) => thrown);
    equal(
      error instanceof UserError && error.message,
      `Cannot resolve "v" (${JSON.stringify(text.slice(1, -1))}): ${what}`,
    );
    deepEqual([(error as UserError).place?.line, (error as UserError).place?.file], [
      8,
      "conf/base/azureml.yml",
    ]);
  });
}

Deno.test("loadLayers() names the path of a nested value", async () => {
  await rejects(valuesOf("a:\n  b:\n  - x\n  - c: '${none}'\n"), {
    message: /^Cannot resolve "a\.b\[1\]\.c" /,
  });
});

for (
  const [text, message] of [
    [
      "'${oc.dict.values:d}'",
      'Cannot resolve "l[0].v[0]" ("${d.x.y}"): key "d.x.y" not found in this environment',
    ],
  ] as const
) {
  Deno.test(`loadLayers() names the line that calls ${text}`, async () => {
    await rejects(load(`d: {'x.y': 1}\nl:\n- v: ${text}\n`), {
      message,
      place: { file: "conf/base/azureml.yml", line: 3, column: 6 },
    });
  });
}

Deno.test("loadLayers() asks Kedro's OmegaConf for oc.create and oc.decode", async () => {
  const resolve = (name: string, args: readonly unknown[]) => ({ name, args });
  const { values } = await load(
    "n: 1\nv: '${oc.create:{a: ${n}}}'\nw: '${oc.decode:\"[1, a]\"}'\n",
    "",
    resolve,
  );
  deepEqual(toPlain(values), {
    n: 1,
    v: { name: "oc.create", args: [{ a: 1 }] },
    w: { name: "oc.decode", args: ["[1, a]"] },
  });
});

Deno.test("loadLayers() suggests how to escape ${{", async () => {
  await rejects(valuesOf("v: '${{parent.x}}'\n"), { hint: "Write `\\${{` for a literal `${{`" });
});

Deno.test("loadLayers() passes resolved arguments to resolvers", async () => {
  const calls: unknown[] = [];
  const resolve = (name: string, args: readonly unknown[]) => {
    calls.push([name, JSON.stringify(args)]);
    return { a: "${none}", list: ["${none}", 1, 1.5], none: undefined };
  };
  const { values } = await load("a: {b: 1}\nv: '${today:${a},1.0,12345678901234567890}'\n", "", resolve);
  deepEqual(calls, [["today", '[{"b":1},1.0,12345678901234567890]']]);
  deepEqual(toPlain(values), { a: { b: 1 }, v: { a: "${none}", list: ["${none}", 1, 1.5], none: null } });
});

for (
  const [thrown, message] of [
    [
      new UserError("Cannot read the project's pipelines: ValueError: no", {
        code: "kedro.project_code",
        exit: 3,
        hint: "h",
      }),
      `Cannot resolve "v" ("\${today:}"): the resolver "today" fails: ValueError: no`,
    ],
    [new UserError("The sandbox ended", { code: "kedro.sandbox", exit: 3 }), "The sandbox ended"],
  ] as const
) {
  Deno.test(`loadLayers() reports ${thrown.code} if a resolver of the project fails`, async () => {
    await rejects(load("v: '${today:}'\n", "", () => Promise.reject(thrown)), { message });
  });
}

Deno.test("loadLayers() rejects a mapping that contains itself", async () => {
  await rejects(load("a: {b: '${c}'}\nc: {d: '${a}'}\n"), { message: /it contains itself/ });
});
