import assert from "node:assert/strict";
import { errorsOf, type UserError } from "../../../src/core/errors.ts";
import { projectOf, readProject } from "./read.ts";

const PIPELINE = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;

async function failure(registry: string, files: Record<string, string> = {}): Promise<UserError> {
  let found: UserError | undefined;
  await assert.rejects(readProject(projectOf(registry, files)), (thrown: UserError) => {
    found = thrown;
    return true;
  });
  return found!;
}

Deno.test("snapshot() shows only project lines of a traceback", async () => {
  const registry = "from shop.nodes import total\n" + PIPELINE;
  const error = await failure(registry, {
    "src/shop/nodes.py": "def total():\n    return prices['x']\n\n\nprices = {}\ntotal()\n",
  });
  assert.equal(error.code, "kedro.project_code");
  assert.equal(error.message, "Cannot read the project's pipelines: KeyError: x");
  assert.deepEqual(error.place, { file: "src/shop/nodes.py", line: 2 });
  assert.deepEqual(error.details, [
    'File "src/shop/pipeline_registry.py", line 1, in <module>',
    "  from shop.nodes import total",
    'File "src/shop/nodes.py", line 6, in <module>',
    "  total()",
    'File "src/shop/nodes.py", line 2, in total',
    "  return prices['x']",
  ]);
});

Deno.test("snapshot() reports the line of a syntax error", async () => {
  const error = await failure("def register_pipelines(:\n    pass\n");
  assert.deepEqual(error.place, { file: "src/shop/pipeline_registry.py", line: 1, column: 24 });
  assert.match(error.message, /SyntaxError: invalid syntax/);
  assert.deepEqual(error.details.slice(-2), [
    'File "src/shop/pipeline_registry.py", line 1',
    "  def register_pipelines(:",
  ]);
});

Deno.test("snapshot() proposes the name that an import meant", async () => {
  const registry = "from .nodes import create_pipeline\nimport pandas\n";
  const error = await failure(registry, { "src/shop/nodes.py": "def create_pipelin(): ...\n" });
  assert.match(error.message, /cannot import name 'create_pipeline' .*Did you mean: 'create_pipelin'\?$/);
  assert.equal(error.hint, undefined);
});

const FIND = `
from kedro.framework.project import find_pipelines

def register_pipelines():
    return find_pipelines(raise_errors=True)
`;

Deno.test("snapshot() reports the error behind find_pipelines()", async () => {
  const syntax = await failure(FIND, {
    "src/shop/pipelines/__init__.py": "",
    "src/shop/pipelines/sales/__init__.py": "from .nodes import total\n",
    "src/shop/pipelines/sales/nodes.py": "total = 1\nx = (\n",
  });
  assert.equal(syntax.message, "Cannot read the project's pipelines: SyntaxError: '(' was never closed");
  assert.deepEqual(syntax.place, { file: "src/shop/pipelines/sales/nodes.py", line: 2, column: 5 });
  assert.deepEqual([syntax.place!.file, syntax.place!.line], ["src/shop/pipelines/sales/nodes.py", 2]);
  const value = await failure(FIND, {
    "src/shop/pipelines/__init__.py": "",
    "src/shop/pipelines/sales/__init__.py": "prices = {}\nprices['x']\n",
  });
  assert.equal(value.message, "Cannot read the project's pipelines: KeyError: x");
  assert.deepEqual(value.place, { file: "src/shop/pipelines/sales/__init__.py", line: 2 });
});

Deno.test("snapshot() rejects a project without pipeline_registry.py", async () => {
  const ctx = projectOf(PIPELINE);
  ctx.files.delete("/shop/src/shop/pipeline_registry.py");
  await assert.rejects(readProject(ctx), {
    code: "kedro.module_missing",
    message: 'Cannot read the project: module "shop.pipeline_registry" not found',
  });
});

Deno.test("snapshot() names the file of an invalid pipeline", async () => {
  const registry = PIPELINE.replace('name="one")', 'name="one"), node(same, "c", "b", name="two")');
  const error = await failure(registry);
  assert.match(
    error.message,
    /OutputNotUniqueError: Output\(s\) \['b'\] are returned by more than one nodes/,
  );
  assert.equal(error.place?.file, "src/shop/pipeline_registry.py");
});

Deno.test("snapshot() rejects register_pipelines() without a pipeline", async () => {
  const error = await failure("def register_pipelines():\n    return {'__default__': 5}\n");
  assert.match(error.message, /gives int for "__default__" instead of a Pipeline/);
});

Deno.test("snapshot() warns about values other than pipelines", async () => {
  const registry = PIPELINE.replace('"__default__":', '"__default__": warnings, 5: warnings, "train":');
  const snapshot = await readProject(projectOf(`import warnings\n${registry}`));
  assert.deepEqual(snapshot.pipeline_names, ["train"]);
  assert.deepEqual(snapshot.warnings.map(({ code, message }) => `${code}: ${message}`), [
    'kedro.pipeline_left_out: "__default__" is left out: register_pipelines() gives module for "__default__" instead of a Pipeline',
    'kedro.pipeline_left_out: "5" is left out: register_pipelines() names a pipeline 5, which is no text',
  ]);
});

Deno.test("snapshot() names the line of a YAML error in the catalog", async () => {
  const files = { "conf/base/catalog.yml": "a:\n  type: x.Y\n b: [\n" };
  const error = await failure(PIPELINE, files);
  assert.equal(error.code, "kedro.catalog");
  assert.equal(error.place?.file, "conf/base/catalog.yml");
  assert.equal(error.place?.line, 3);
  const snapshot = await readProject(projectOf(PIPELINE, files), { lenient: true });
  assert.deepEqual(snapshot.warnings.map((warning) => warning.code), ["kedro.catalog"]);
  assert.equal(snapshot.pipelines.__default__!.nodes.length, 1);
});

Deno.test("snapshot() rejects a colon before a bracket", async () => {
  for (
    const text of ["m: {1:{a: 2}}", "m: {1:}", "m: {a :[b]}", "m: [a:,b]", "m: {a:b:{c: 1}}"]
  ) {
    const { message, place } = await failure(PIPELINE, { "conf/base/parameters.yml": `a: 1\n${text}\n` });
    assert.match(message, /found unexpected ':'; write a space after it$/, text);
    assert.equal(place?.line, 2);
  }
  const files = { "conf/base/parameters.yml": 'm: {"a":{b: 1}, c:d: 2}\nn: a:{b}\n' };
  const { parameters } = await readProject(projectOf(PIPELINE, files));
  assert.deepEqual(parameters, { m: { a: { b: 1 }, "c:d": 2 }, n: "a:{b}" });
});

Deno.test("snapshot() rejects a project without a catalog file", async () => {
  const ctx = projectOf(PIPELINE);
  ctx.files.delete("/shop/conf/base/catalog.yml");
  ctx.files.set("/shop/conf/base/.gitkeep", new Uint8Array());
  await assert.rejects(readProject(ctx), {
    code: "kedro.catalog",
    message: "No catalog file in conf/base or conf/local, without which Kedro runs no step",
    hint: "Create conf/base/catalog.yml; it may be empty",
  });
});

Deno.test("snapshot() says how to use oc.env outside credentials", async () => {
  const catalog = "raw:\n  type: pandas.CSVDataset\n  filepath: ${oc.env:BUCKET}/raw.csv\n";
  const error = await failure(PIPELINE, { "conf/base/catalog.yml": catalog });
  assert.equal(error.code, "kedro.catalog");
  assert.match(error.hint!, /^Kedro knows `oc\.env` in credentials only: register it in `custom_resolvers`/);
});

Deno.test("snapshot() names a module that find_pipelines() skipped", async () => {
  const registry = `
from kedro.framework.project import find_pipelines

def register_pipelines():
    return {"__default__": find_pipelines()["sales"]}
`;
  const error = await failure(registry, {
    "src/shop/pipelines/__init__.py": "",
    "src/shop/pipelines/sales/__init__.py": "from kedro.pipeline import nothing_of_this_name\n",
  });
  assert.match(error.message, /KeyError: sales/);
  assert.match(error.details.join("\n"), /left out the pipelines of ".*sales".*nothing_of_this_name/);
});

Deno.test("resolve() rejects unknown resolvers", async () => {
  const { openReader } = await import("../../../src/kedro/reader/cached_reader.ts");
  const { findProject } = await import("../../../src/kedro/project.ts");
  const ctx = projectOf(PIPELINE, {
    "src/shop/settings.py":
      "CONFIG_LOADER_ARGS = {'base_env': 'base', 'default_run_env': 'local', 'custom_resolvers': {'add': lambda *args: sum(args)}}\n",
  });
  const reader = await openReader(ctx, await findProject(ctx, "/shop"), { env: "local" });
  try {
    assert.equal(await reader.resolve("add", [1, 2, 3]), 6);
    await assert.rejects(reader.resolve("nope", []), /settings\.py registers no resolver "nope"/);
    await assert.rejects(reader.resolve("add", ["x"]), {
      message: /TypeError/,
      place: { file: "src/shop/settings.py", line: 1 },
    });
  } finally {
    await reader.close();
  }
});

Deno.test("snapshot() shortens a long error", async () => {
  const { message, details } = await failure(
    "def f(n):\n    if n > 0: f(n - 1)\n    raise ValueError('z' * 5_000_000)\n\nf(60)\n",
  );
  assert.match(message, /^Cannot read the project's pipelines: ValueError: z+ … 150 more characters … z+…$/);
  const file = 'File "src/shop/pipeline_registry.py", line';
  const call = [`${file} 2, in f`, "  if n > 0: f(n - 1)"];
  assert.deepEqual(details, [
    ...[`${file} 5, in <module>`, "  f(60)", ...Array(9).fill(call).flat()],
    "… 42 more calls …",
    ...[...Array(9).fill(call).flat(), `${file} 3, in f`, "  raise ValueError('z' * 5_000_000)"],
  ]);
});

for (const [what, returned] of [["None", "None"], ["a list", "[1]"], ["a single pipeline", "pipeline([])"]]) {
  Deno.test(`snapshot() rejects ${what} from register_pipelines()`, async () => {
    const error = await failure(
      `from kedro.pipeline import pipeline\n\n\ndef register_pipelines():\n    return ${returned}\n`,
    );
    assert.match(error.message, /register_pipelines\(\) returns \w+ instead of a dict of pipelines$/);
    assert.deepEqual(error.place, { file: "src/shop/pipeline_registry.py", line: 4 });
  });
}

Deno.test("snapshot() reports all errors of a project at once", async () => {
  const error = await failure("from shop.nodse import fit\n", {
    "src/shop/nodes.py": "",
    "conf/base/catalog.yml": 'raw: "a\n',
    "conf/base/parameters.yml": "a:\n\tb: 1\n",
  });
  assert.deepEqual(errorsOf(error).map(({ code, hint }) => [code, hint]), [
    ["kedro.project_code", 'Did you mean "shop.nodes"?'],
    ["kedro.catalog", undefined],
    ["kedro.parameters", undefined],
  ]);
});

Deno.test("snapshot() shows the cause of an exception", async () => {
  const raised = (how: string, first: string) =>
    failure(`
try:
    raise ${first}
except Exception as error:
    raise ImportError("outer")${how}
`);
  const file = (line: number) => `File "src/shop/pipeline_registry.py", line ${line}, in <module>`;
  const inner = (what: string, text: string) => [file(3), `  raise ${what}`, text, ""];
  for (
    const [how, first, before] of [
      ["", 'ValueError("inner")', inner('ValueError("inner")', "ValueError: inner")],
      [" from error", "KeyError()", inner("KeyError()", "KeyError: ")],
      [" from None", "KeyError()", []],
      [" from KeyError(1)", "KeyError()", []],
    ] as const
  ) {
    const { message, place, details } = await raised(how, first);
    assert.equal(message, "Cannot read the project's pipelines: ImportError: outer");
    assert.deepEqual(place, { file: "src/shop/pipeline_registry.py", line: 5 });
    assert.deepEqual(details, [...before, file(5), `  raise ImportError("outer")${how}`]);
  }
});

Deno.test("snapshot() names the file of a duplicate dataset", async () => {
  const error = await failure(PIPELINE, {
    "conf/base/catalog_a.yml": "raw: {type: MemoryDataset}\n",
    "conf/base/catalog_b.yml": "raw: {type: MemoryDataset}\n",
  });
  assert.match(
    error.message,
    /^Cannot read the catalog of the project: ValueError: Duplicate keys found in conf\/base\/catalog_[ab]\.yml and/,
  );
  assert.match(error.place!.file, /^conf\/base\/catalog_[ab]\.yml$/);
  assert.deepEqual(Object.keys(error.place!), ["file"]);
});

Deno.test("snapshot() lists at most ten stubs for an error", async () => {
  const names = Array.from({ length: 12 }, (_, at) => `vendor_${String.fromCharCode(97 + at)}`);
  const registry = names.map((name) => `import ${name}\nbool(${name}.x)\n`).join("") +
    "raise ValueError('no')\n";
  const { details, hint } = await failure(registry);
  assert.deepEqual(details, [
    'File "src/shop/pipeline_registry.py", line 25, in <module>',
    "  raise ValueError('no')",
    ...names.slice(0, 10).map((name) =>
      `"${name}.x" is only a stub in the embedded Python, and the project tests it at import; its pipelines may differ`
    ),
    `Replaced with stubs (not in the built-in Python): ${names.slice(0, 10).join(", ")}`,
  ]);
  assert.equal(
    hint,
    "If `kedro registry list` works, read the project with its own Python: `--python PATH`",
  );
});

Deno.test("snapshot() warns about pipelines that find_pipelines() skipped", async () => {
  const registry =
    "from kedro.framework.project import find_pipelines\nregister_pipelines = find_pipelines\n";
  const { warnings } = await readProject(projectOf(registry, {
    "src/shop/pipelines/__init__.py": "",
    "src/shop/pipelines/a/__init__.py": "",
    "src/shop/pipelines/b/__init__.py": "def create_pipeline():\n    return 5\n",
    "src/shop/pipelines/c/__init__.py": "from shop.other import x\n",
    "src/shop/other.py": "\nraise ValueError('not ready')\n",
    "src/shop/pipelines/d/__init__.py": "import json\njson.loads('x')\n",
  }));
  const skipped = (name: string, reason: string, place?: object) => ({
    code: "kedro.pipeline_left_out",
    message: `Kedro left out the pipelines of "shop.pipelines.${name}": ${reason}`,
    ...(place && { place }),
  });
  assert.deepEqual(warnings.toSorted((a, b) => a.message < b.message ? -1 : 1), [
    skipped(
      "a",
      "The 'shop.pipelines.a' module does not expose a 'create_pipeline' function, so no pipelines defined therein will be returned by 'find_pipelines'.",
    ),
    skipped(
      "b",
      "Expected the 'create_pipeline' function in the 'shop.pipelines.b' module to return a 'Pipeline' object, got 'int' instead. Nothing defined therein will be returned by 'find_pipelines'.",
    ),
    skipped("c", "ValueError: not ready", { file: "src/shop/other.py", line: 2 }),
    skipped("d", "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)", {
      file: "src/shop/pipelines/d/__init__.py",
      line: 2,
    }),
  ]);
});

Deno.test("snapshot() shows only warnings of project code", async () => {
  const printed: string[] = [];
  const registry = `import warnings
from kedro.pipeline import Pipeline
warnings.warn("careful")
exec(compile("import warnings; warnings.warn('of a library')", "/site.zip/x.py", "exec"))
exec(compile("import warnings; warnings.warn('of Python')", "/lib/python3.14/x.py", "exec"))
PATTERN = eval("'\\d'")

def register_pipelines():
    return {}
`;
  await readProject(projectOf(registry), { onPrint: (text) => void printed.push(text) });
  assert.deepEqual(printed, [
    "project: src/shop/pipeline_registry.py:3: UserWarning: careful\n",
    'project:   warnings.warn("careful")\n',
  ]);
});
