import assert from "node:assert/strict";
import { exclusionsWithConf } from "../../../../src/azureml/job/code/exclusions.ts";
import { selectCode } from "../../../../src/azureml/job/code/select.ts";
import { fakeContext } from "../../../fakes/context.ts";

function project(files: Record<string, string>) {
  return fakeContext({
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/project/${name}`, text])),
  });
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

Deno.test("selectCode() excludes caches, environments and credentials", async () => {
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
    "web/node_modules/ (Node.js packages)",
  ]);
  assert.deepEqual(warnings.map(({ code, hint }) => [code, hint]), [[
    "code.credentials_left_out",
    "Add `!conf/local/credentials.yml` to .amlignore if the job needs it",
  ]]);
});

Deno.test("selectCode() excludes the .git file of a worktree", async () => {
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
  Deno.test(`selectCode() with "${line}" in .amlignore includes ${taken[0] ?? "no excluded files"}`, async () => {
    const before = (await select(CLUTTER)).names;
    const { names } = await select({ ...CLUTTER, ".amlignore": `${line}\n` });
    assert.deepEqual(names.filter((name) => !before.includes(name)), taken);
  });
}

Deno.test("selectCode() includes one file of an excluded folder", async () => {
  const files = { ".venv/lib/deep/x.py": "", ".venv/lib/deep/y.py": "", ".venv/lib/z.py": "" };
  const { names, leftOut } = await select({ ...files, ".amlignore": "!.venv/lib/deep/x.py\n" });
  assert.deepEqual(names, [".venv/lib/deep/x.py"]);
  assert.deepEqual(leftOut.sort(), [
    ".venv/lib/deep/y.py (virtual environment)",
    ".venv/lib/z.py (virtual environment)",
  ]);
});

Deno.test("exclusionsWithConf() excludes credentials in another CONF_SOURCE", () => {
  const excluded = (path: string, conf = "etc/konfig") =>
    exclusionsWithConf(conf)({ path, kind: "file" })?.reason;
  assert.equal(excluded("etc/konfig/local/credentials.yml", "Etc/Konfig"), "local credentials");
  for (const path of ["etc/konfig/local/credentials.yml", "etc/Konfig/local/db/credentials_a.yml"]) {
    assert.equal(excluded(path), "local credentials");
  }
  assert.equal(excluded("conf/local/credentials.yml"), "local credentials");
  assert.equal(excluded("etc/konfig/base/credentials.yml"), undefined);
  assert.equal(excluded("etc/konfiguration/local/credentials.yml"), undefined);
});

Deno.test("exclusionsWithConf() excludes credentials by the patterns in settings.py", () => {
  const excluded = (path: string) => exclusionsWithConf("conf", ["logins*"])({ path, kind: "file" })?.reason;
  assert.equal(excluded("conf/local/logins.yml"), "local credentials");
  assert.equal(excluded("conf/base/logins.yml"), undefined);
  assert.equal(excluded("conf/local/parameters.yml"), undefined);
});
