import assert from "node:assert/strict";
import { join } from "node:path";
import { createFolder } from "../../fakes/folder.ts";
import { projectOf, readProject, realFiles } from "./read.ts";

const PIPELINE = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name=NAME)])}
`;

Deno.test("snapshot() discards files that project code writes", async () => {
  await using project = await onDisk(
    `
open("/tmp/written", "w").write("x")
open("written", "w").write("x")
open(__file__, "a").write("# changed")
NAME = "wrote"
${PIPELINE}`,
  );
  const { root: dir } = project;
  const before = await Deno.readTextFile(join(dir, "src/shop/pipeline_registry.py"));
  const snapshot = await readProject(realFiles(), { dir });
  assert.equal(snapshot.pipelines.__default__!.nodes[0]!.name, "wrote");
  assert.equal(await Deno.readTextFile(join(dir, "src/shop/pipeline_registry.py")), before);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(dir))).map((entry) => entry.name).sort(), [
    "conf",
    "pyproject.toml",
    "src",
  ]);
});

Deno.test("project code reads files but no secrets", async () => {
  await using outside = await createFolder({ "a.txt": "private" });
  await using project = await onDisk(
    `
import glob, os
from pathlib import Path

def tried(path):
    try:
        return open(path).read().strip()
    except OSError:
        return "refused"

found = [tried(path) for path in (
    "data/01/names.txt", "data/linked.txt", "data/credentials.yml", ".git/config", "data/../data/01/names.txt", "data/none.txt")]
found += sorted(os.listdir("data")) + [Path("data/01/names.txt").stat().st_size, len(open("big.bin", "rb").read())]
NAME = "_".join(str(each) for each in found).replace(".", "-")
${PIPELINE}`,
    {
      "data/01/names.txt": "one\n",
      "data/credentials.yml": "a",
      ".git/config": "url",
      "big.bin": "x".repeat(3_000_000),
      "data/linked.txt": `-> ${outside.root}/a.txt`,
    },
  );
  const snapshot = await readProject(realFiles(), { dir: project.root });
  assert.equal(
    snapshot.pipelines.__default__!.nodes[0]!.name,
    "one_refused_refused_refused_one_refused_01_4_3000000",
  );
});

/** Creates a project with this `pipeline_registry.py` on disk. */
function onDisk(registry: string, files: Record<string, string> = {}) {
  const project = [...projectOf(registry).files].map(([path, bytes]) =>
    [path.replace("/shop/", ""), new TextDecoder().decode(bytes)] as const
  );
  return createFolder({ ...Object.fromEntries(project), ...files });
}

Deno.test("project code gets PermissionError for an unreadable file", async () => {
  const registry = `
try:
    open("notes.txt").read()
    NAME = "read"
except PermissionError:
    NAME = "refused"
${PIPELINE}`;
  const ctx = projectOf(registry, { "notes.txt": "private", "closed/a.txt": "private" });
  const refuse = (path: string) => new Deno.errors.PermissionDenied(`Permission denied: '${path}'`);
  const { readBytes, walk } = ctx.fs;
  const fs = {
    ...ctx.fs,
    readBytes: (path: string) => path.endsWith("notes.txt") ? Promise.reject(refuse(path)) : readBytes(path),
    async *walk(path: string, enter: (folder: string) => boolean) {
      if (path.endsWith("closed")) throw refuse(path);
      yield* walk(path, enter);
    },
  };
  const snapshot = await readProject({ ...ctx, fs });
  assert.equal(snapshot.pipelines.__default__!.nodes[0]!.name, "refused");
});

Deno.test("snapshot() names a link that may have caused an error", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using elsewhere = await createFolder();
  await using project = await onDisk(PIPELINE);
  const { root: dir } = project;
  await Deno.rename(join(dir, "src"), join(elsewhere.root, "src"));
  await Deno.symlink(join(elsewhere.root, "src"), join(dir, "src"));
  await assert.rejects(() => readProject(realFiles(), { dir }), (error: { details: readonly string[] }) => {
    assert.match(
      error.details.join("\n"),
      /"src" stays hidden from the project's code: the link points outside the project/,
    );
    return true;
  });
});

Deno.test("snapshot() returns the data files that code reads", async () => {
  const registry = `
import json, os
from pathlib import Path

NAME = "read"
RATES = json.loads(Path("rates.json").read_text()); Path("confidential.csv").read_text()
REGIONS = open(os.path.abspath("data/regions.csv")).read()
BASE = Path("conf/base/catalog.yml").read_text()
Path("cache.txt").write_text("1")
CACHED = Path("cache.txt").read_text()
try:
    open("none.json")
except FileNotFoundError:
    pass
for _ in range(2):
    import shop.tables
Path("gone.txt").read_text()
os.remove("gone.txt")
Path("rates.json").write_text("{}")
BYTES = Path("data/image.png").read_bytes() + open("data/image.png", "rb").read()
with open("both.txt", "r+") as both: both.read()
${PIPELINE}`;
  const { files_read: read } = await readProject(projectOf(registry, {
    "rates.json": "{}",
    "confidential.csv": "",
    "data/regions.csv": "north",
    ".hidden": "",
    "gone.txt": "",
    "both.txt": "",
    "data/image.png": "",
    "src/shop/tables.py": 'NAMES = open("src/shop/names.sql").read() + open(".hidden").read()\n',
    "src/shop/names.sql": "",
  }));
  const registered = "src/shop/pipeline_registry.py";
  assert.deepEqual(read, [
    { file: "confidential.csv", place: { file: registered, line: 6 } },
    { file: "data/image.png", place: { file: registered, line: 20 } },
    { file: "data/regions.csv", place: { file: registered, line: 7 } },
    { file: "rates.json", place: { file: registered, line: 6 } },
    { file: "src/shop/names.sql", place: { file: "src/shop/tables.py", line: 1 } },
  ]);
});
