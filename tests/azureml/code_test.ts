import assert from "node:assert/strict";
import { join } from "node:path";
import { prepareCode, selectCode } from "../../src/azureml/code.ts";
import type { FileSystem } from "../../src/context.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";

interface GoldenCase {
  readonly name: string;
  readonly ignore_file: string | null;
  readonly patterns: string | null;
  readonly selected: string[];
  readonly code_hash: string;
}

const GOLDEN = new URL("../golden/snapshot/cases.json", import.meta.url);
const { tree, cases } = JSON.parse(await Deno.readTextFile(GOLDEN)) as {
  tree: Record<string, string>;
  cases: GoldenCase[];
};
const noExclusions = () => undefined;

function project(files: Record<string, string>) {
  return fakeContext({
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/project/${name}`, text])),
  });
}

for (const { name, ignore_file, patterns, selected, code_hash } of cases.filter((one) => "patterns" in one)) {
  Deno.test(`Code is selected and hashed as azure-ai-ml does: ${name}`, async () => {
    const { fs } = project({ ...tree, ...(ignore_file === null ? {} : { [ignore_file]: patterns! }) });
    const code = await prepareCode(fs, "/project", { exclusions: noExclusions });
    assert.deepEqual(code.files.map((file) => file.name).sort(), [...selected].sort());
    assert.equal(code.hash, code_hash);
  });
}

/** Makes a folder on disk; a text that starts with `-> ` is a link. */
async function onDisk(files: Record<string, string>): Promise<AsyncDisposable & { root: string }> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    if (text.startsWith("-> ")) await Deno.symlink(text.slice(3), path);
    else await Deno.writeTextFile(path, text);
  }
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

/** The real file system, and which folders were read. */
function watched(): { fs: FileSystem; read: string[] } {
  const read: string[] = [];
  const walk: FileSystem["walk"] = (path, enter) => {
    read.push(path);
    return systemFs.walk(path, enter);
  };
  return { fs: { ...systemFs, walk }, read };
}

async function select(files: Record<string, string>) {
  const { files: found, leftOut, warnings } = await selectCode(project(files).fs, "/project");
  return {
    names: found.map(({ name }) => name),
    leftOut: leftOut.map(({ name, reason }) => `${name} (${reason})`),
    warnings,
  };
}

const CLUTTER = {
  "a.py": "",
  ".git/HEAD": "",
  ".venv/lib/x.py": "",
  "env/pyvenv.cfg": "",
  "env/lib/x.py": "",
  "src/__pycache__/a.pyc": "",
  "src/venv/real_module.py": "",
  "web/node_modules/x/y.js": "",
  "conf/local/credentials.yml": "",
  "conf/local/parameters.yml": "",
  "conf/base/credentials.yml": "",
};

Deno.test("What no job needs is left out, and each thing says why", async () => {
  const { names, leftOut, warnings } = await select(CLUTTER);
  assert.deepEqual(names, [
    "a.py",
    "conf/base/credentials.yml",
    "conf/local/parameters.yml",
    "src/venv/real_module.py",
  ]);
  assert.deepEqual(leftOut.sort(), [
    ".git/ (version control)",
    ".venv/ (virtual environment)",
    "conf/local/credentials.yml (local credentials)",
    "env/ (virtual environment)",
    "src/__pycache__/ (cache)",
    "web/node_modules/ (packages of Node.js)",
  ]);
  assert.deepEqual(warnings.map(({ code, hint }) => [code, hint]), [[
    "code.credentials_left_out",
    "If the job needs it, add `!conf/local/credentials.yml` to .amlignore",
  ]]);
});

Deno.test("A worktree's .git file is left out, and .gitkeep is not", async () => {
  const { names } = await select({ ".git": "gitdir: /x", "data/.gitkeep": "", "a.py": "" });
  assert.deepEqual(names, ["a.py", "data/.gitkeep"]);
});

for (
  const [line, taken] of [
    ["!.git/", [".git/HEAD"]],
    ["!.venv", [".venv/lib/x.py"]],
    ["!env/lib/x.py", ["env/lib/x.py"]],
    ["!**/__pycache__/**", ["src/__pycache__/a.pyc"]],
    ["!conf/local/credentials.yml", ["conf/local/credentials.yml"]],
    ["!credentials*", ["conf/local/credentials.yml"]],
    ["!.gitkeep", []],
    ["!src/**", []],
    ["!*.yml", []],
    ["!conf/local/", []],
    ["!*", []],
  ] as const
) {
  Deno.test(`"${line}" in .amlignore takes in ${taken[0] ?? "nothing that no job needs"}`, async () => {
    const before = (await select(CLUTTER)).names;
    const { names } = await select({ ...CLUTTER, ".amlignore": `${line}\n` });
    assert.deepEqual(names.filter((name) => !before.includes(name)), taken);
  });
}

Deno.test("A line that only begins like a folder's name does not make it read", async () => {
  const { leftOut } = await select({ ...CLUTTER, ".amlignore": "!.gitkeep\n" });
  assert.ok(leftOut.includes(".git/ (version control)"));
});

Deno.test("Credentials that .gitignore leaves out anyway need no warning", async () => {
  const { warnings, leftOut } = await select({ ...CLUTTER, ".gitignore": "conf/local/*\n" });
  assert.deepEqual(warnings, []);
  assert.ok(leftOut.includes("conf/local/credentials.yml (.gitignore)"));
});

Deno.test("Folders of which nothing can be taken are not read", async () => {
  await using folder = await onDisk({
    ".amlignore": "data/\n/big\n!docs/keep.md\ndocs/\nother/\n!other/deep/keep.txt\n",
    "a.py": "",
    "data/x/y.csv": "",
    "big/z.bin": "",
    "docs/keep.md": "",
    ".venv/lib/x.py": "",
    "other/not/n.txt": "",
    "other/deep/keep.txt": "",
  });
  const { fs, read } = watched();
  const { files, leftOut } = await selectCode(fs, folder.root);
  assert.deepEqual(files.map(({ name }) => name), ["a.py", "other/deep/keep.txt"]);
  assert.deepEqual(read.map((path) => path.slice(folder.root.length)), ["", "/other", "/other/deep"]);
  assert.deepEqual(leftOut.map(({ name }) => name).sort(), [
    ".venv/",
    "big/",
    "data/",
    "docs/",
    "other/not/",
  ]);
});

Deno.test("Links are followed as azure-ai-ml follows them, and end where they would go round", async () => {
  await using folder = await onDisk({
    "code/.amlignore": "real/skipped.txt\nvia/two.txt\n",
    "code/real/one.txt": "1",
    "code/real/two.txt": "2",
    "code/real/skipped.txt": "s",
    "code/via": "-> real",
    "code/file.txt": "-> real/one.txt",
    "code/real/up": "-> ..",
    "code/gone": "-> nowhere",
    "code/out": "-> ../outside",
    "outside/o.txt": "o",
  });
  const { files, leftOut, warnings } = await selectCode(systemFs, join(folder.root, "code"));
  assert.deepEqual(files.map(({ name }) => name), [
    "file.txt",
    "out/o.txt",
    "real/one.txt",
    "real/two.txt",
    "via/one.txt",
    "via/two.txt",
  ]);
  assert.equal(files[0]!.path, join(folder.root, "code/real/one.txt"));
  assert.deepEqual(leftOut.map(({ name }) => name).sort(), [
    "gone",
    "real/skipped.txt",
    "real/up/",
    "via/skipped.txt",
    "via/up/",
  ]);
  assert.deepEqual(warnings.map(({ code }) => code).sort(), ["code.broken_link", "code.link_outside"]);
});

Deno.test("A link does not carry local credentials out under another name", async () => {
  await using folder = await onDisk({
    "a.py": "",
    "conf/local/credentials.yml": "k",
    "b.yml": "-> conf/local/credentials.yml",
  });
  const { files } = await selectCode(systemFs, folder.root);
  assert.deepEqual(files.map(({ name }) => name), ["a.py"]);
});

for (
  const [what, files, folder, code, message] of [
    ["missing", { "x.py": "" }, "/project/src", "code.no_folder", /there is none$/],
    ["a file", { "x.py": "" }, "/project/x.py", "code.no_folder", /it is no folder$/],
    ["empty but for an ignore file", { ".amlignore": "" }, "/project", "code.empty", /leaves nothing/],
    [
      "left out whole",
      { "x.py": "", ".gitignore": "*\n" },
      "/project",
      "code.empty",
      /\.gitignore leaves nothing/,
    ],
  ] as const
) {
  Deno.test(`A code folder that is ${what} is an error`, async () => {
    await assert.rejects(selectCode(project(files).fs, folder), { code, message });
  });
}

for (
  const [line, reason] of [["a\\", /last `\\`/], ["[z-a]", /backwards/], ["!", /after the `!`/]] as const
) {
  Deno.test(`The line "${line}" is no pattern, and the error says where it is`, async () => {
    const { fs } = project({ "a.py": "", ".amlignore": `# one\n${line}\n` });
    await assert.rejects(selectCode(fs, "/project"), {
      code: "code.ignore_pattern",
      place: { file: ".amlignore", line: 2 },
      message: reason,
    });
  });
}

Deno.test("A file that cannot be read is named", async () => {
  const { fs } = project({ "a.py": "", "secret.txt": "x" });
  const readBytes: FileSystem["readBytes"] = async (path) => {
    if (path.endsWith("secret.txt")) throw new Deno.errors.PermissionDenied("os error 13");
    return await fs.readBytes(path);
  };
  await assert.rejects(prepareCode({ ...fs, readBytes }, "/project"), {
    code: "code.unreadable",
    message: 'Cannot read "secret.txt" of the code: permission denied',
  });
});

Deno.test("The folder's name goes into a URL as it is", async () => {
  const { fs } = fakeContext({ files: { "/x/my projéct (2)/a.py": "" } });
  assert.equal((await prepareCode(fs, "/x/my projéct (2)")).folderName, "my-proj-ct-2");
});

Deno.test("Data that the .gitignore of every Kedro project leaves in, as azure-ai-ml reads it, is worth a word", async () => {
  const { fs } = project({
    "a.py": "",
    "data/01_raw/x.csv": "1",
    ".gitignore": "data/**\n!data/**/\n!.gitkeep\n",
  });
  const stat: FileSystem["stat"] = async (path) => {
    const found = await fs.stat(path);
    return path.endsWith("x.csv") ? { ...found!, sizeBytes: 150 * 1024 * 1024 } : found;
  };
  const { warnings } = await selectCode({ ...fs, stat }, "/project");
  assert.deepEqual(warnings, [{
    code: "code.large",
    message: 'The code is 150 MiB in 2 files, of which "data/01_raw/x.csv" is 150 MiB',
    hint: "If the job does not need it, add `data/` to .amlignore, which then counts instead of .gitignore",
  }]);
});

Deno.test("A file whose name is no text is named as well as can be", async () => {
  const { fs } = project({ "a.py": "", "bad\ufffd.txt": "x" });
  const stat: FileSystem["stat"] = async (path) => path.includes("bad") ? undefined : await fs.stat(path);
  await assert.rejects(selectCode({ ...fs, stat }, "/project"), {
    code: "code.unreadable",
    message: 'Cannot read "bad\ufffd.txt" of the code: its name is not in UTF-8',
    hint: "Rename it",
  });
});

Deno.test("A folder that cannot be read is named, unless it is left out", async () => {
  const { fs } = project({ "a.py": "", "locked/x.txt": "" });
  const walk: FileSystem["walk"] = (path, enter) => {
    if (path.endsWith("locked")) throw new Deno.errors.PermissionDenied("os error 13");
    return fs.walk(path, enter);
  };
  await assert.rejects(selectCode({ ...fs, walk }, "/project"), {
    code: "code.unreadable",
    message: 'Cannot read "locked/" of the code: permission denied',
  });
  const ignoring = project({ "a.py": "", "locked/x.txt": "", ".amlignore": "locked/\n" });
  assert.equal(
    (await selectCode({
      ...ignoring.fs,
      walk: (path, enter) => {
        assert.ok(!path.endsWith("locked"));
        return ignoring.fs.walk(path, enter);
      },
    }, "/project")).files.length,
    1,
  );
});

Deno.test("Of a project, what the plugin uploaded is selected, but for the local credentials", async () => {
  const recording = new URL("../golden/tiny/run-main.requests.json", import.meta.url);
  const { requests } = JSON.parse(await Deno.readTextFile(recording)) as {
    requests: { method: string; url: string }[];
  };
  const urls = requests.filter(({ method }) => method === "PUT").map(({ url }) => new URL(url));
  const sent = urls
    .filter((url) => url.hostname.includes(".blob.") && !url.searchParams.has("comp"))
    .map((url) => decodeURIComponent(url.pathname.split("/").slice(3).join("/")));
  const hash = requests.flatMap(({ url }) => new URL(url).searchParams.get("hash") ?? [])[0];

  const folder = new URL("../golden/projects/tiny", import.meta.url).pathname;
  const all = await prepareCode(systemFs, folder, { exclusions: noExclusions });
  assert.deepEqual(all.files.map(({ name }) => name).sort(), sent.toSorted());
  assert.equal(all.hash, hash);
  const ours = await prepareCode(systemFs, folder);
  assert.deepEqual(ours.files, all.files.filter(({ name }) => name !== "conf/local/credentials.yml"));
});
