import { fileURLToPath } from "node:url";
import type { FileSystem } from "../../../../src/core/context.ts";
import assert from "node:assert/strict";

import { selectCode } from "../../../../src/azureml/job/code/select.ts";
import { prepareCode } from "./prepare_code.ts";
import { systemFs } from "../../../../src/system/fs.ts";
import { fakeContext } from "../../../fakes/context.ts";

interface GoldenCase {
  readonly name: string;
  readonly ignore_file: string | null;
  readonly patterns: string | null;
  readonly selected: string[];
  readonly code_hash: string;
}

const GOLDEN = new URL("../../../golden/snapshot/cases.json", import.meta.url);
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
  Deno.test(`selectCode() selects the files of azure-ai-ml in case ${name}`, async () => {
    const { fs } = project({ ...tree, ...(ignore_file === null ? {} : { [ignore_file]: patterns! }) });
    const code = await prepareCode(fs, "/project", { exclusions: noExclusions });
    assert.deepEqual(code.files.map((file) => file.name).sort(), [...selected].sort());
    assert.equal(code.hash, code_hash);
  });
}

Deno.test("selectCode() excludes only credentials from the plugin's files", async () => {
  const recording = new URL("../../../golden/tiny/run-main.requests.json", import.meta.url);
  const { requests } = JSON.parse(await Deno.readTextFile(recording)) as {
    requests: { method: string; url: string }[];
  };
  const urls = requests.filter(({ method }) => method === "PUT").map(({ url }) => new URL(url));
  const sent = urls
    .filter((url) => url.hostname.includes(".blob.") && !url.searchParams.has("comp"))
    .map((url) => decodeURIComponent(url.pathname.split("/").slice(3).join("/")));
  const hash = requests.flatMap(({ url }) => new URL(url).searchParams.get("hash") ?? [])[0];

  const folder = fileURLToPath(new URL("../../../golden/projects/tiny", import.meta.url));
  const all = await prepareCode(systemFs, folder, { exclusions: noExclusions });
  assert.deepEqual(all.files.map(({ name }) => name).sort(), sent.toSorted());
  assert.equal(all.hash, hash);
  const ours = await prepareCode(systemFs, folder);
  assert.deepEqual(ours.files, all.files.filter(({ name }) => name !== "conf/local/credentials.yml"));
});

const FIX =
  "Fix `execution.code_directory` in azureml.yml, or set it to null if the environment contains the code";

for (
  const [what, files, folder, code, problem, hint] of [
    ["a missing code folder", { "x.py": "" }, "/project/src", "code.no_folder", "does not exist", FIX],
    ["a file as the code folder", { "x.py": "" }, "/project/x.py", "code.no_folder", "is not a folder", FIX],
    [
      "an empty code folder",
      { ".git/HEAD": "" },
      "/project",
      "code.empty",
      "contains no files",
      "Set `execution.code_directory` in azureml.yml to the folder of the project",
    ],
    [
      "a code folder with only .amlignore",
      { ".amlignore": "" },
      "/project",
      "code.empty",
      "has no files left after .amlignore",
      "Add what the job needs to .amlignore, for example `!src/**`",
    ],
    [
      "an entirely excluded code folder",
      { "x.py": "", ".gitignore": "*\n" },
      "/project",
      "code.empty",
      "has no files left after .gitignore",
      "Add what the job needs to .gitignore, for example `!src/**`",
    ],
  ] as const
) {
  Deno.test(`selectCode() rejects ${what}`, async () => {
    const message = `The code folder "${folder}" ${problem}`;
    await assert.rejects(selectCode(project(files).fs, folder), { code, message, hint });
  });
}

for (
  const [line, reason] of [["a\\", /last `\\`/], ["[z-a]", /out of order/], ["!", /follows the `!`/]] as const
) {
  Deno.test(`selectCode() names the line of invalid pattern "${line}"`, async () => {
    const { fs } = project({ "a.py": "", ".amlignore": `# one\n${line}\n` });
    await assert.rejects(selectCode(fs, "/project"), {
      code: "code.ignore_pattern",
      place: { file: ".amlignore", line: 2 },
      hint: "Change or remove line 2 of .amlignore",
      message: reason,
    });
  });
}

Deno.test("selectCode() rejects a large .amlignore", async () => {
  const { fs } = project({ "a.py": "", ".amlignore/b.py": "", ".gitignore": "c.py\n", "c.py": "" });
  const { files, ignoreFile } = await selectCode(fs, "/project");
  assert.deepEqual([files.map(({ name }) => name), ignoreFile], [[".amlignore/b.py", "a.py"], ".gitignore"]);
  const stat: FileSystem["stat"] = async (path) => {
    const found = await fs.stat(path);
    return path.endsWith("/.gitignore") ? { ...found!, sizeBytes: 2 ** 40 } : found;
  };
  await assert.rejects(selectCode({ ...fs, stat }, "/project"), { code: "file.too_large" });
});

Deno.test("selectCode() adds .gitkeep to an empty folder that Kedro requires", async () => {
  const files = { "a.py": "", "conf/local/credentials.yml": "x: 1", "conf/prod/globals.yml": "" };
  const { fs } = project(files);
  const keepFolders = ["conf/local", "conf/prod", "conf/none"];
  const code = await prepareCode(fs, "/project", { keepFolders });
  assert.deepEqual(code.files.map(({ name }) => name), [
    "a.py",
    "conf/local/.gitkeep",
    "conf/prod/globals.yml",
  ]);
  const other = project({ "a.py": "", "conf/local/.gitkeep": "", "conf/prod/globals.yml": "" });
  assert.equal(code.hash, (await prepareCode(other.fs, "/project")).hash);
});

Deno.test("selectCode() warns about uploaded files that git ignores", async () => {
  const select = async (amlignore: string) => {
    const { fs } = project({
      "src/a.py": "",
      "private/customers.csv": "",
      "private/more.csv": "",
      "conf/local/globals.yml": "",
      "id.key": "",
      ".gitignore": "private/\nconf/local/**\n*.key\n",
      ".amlignore": amlignore,
    });
    return (await selectCode(fs, "/project")).warnings;
  };
  assert.deepEqual(await select("!conf/local/globals.yml\n"), [{
    code: "code.ignored_by_git",
    message: ".amlignore replaces .gitignore, so 3 files that git ignores are uploaded: " +
      "id.key (*.key), private/customers.csv (private/)",
    hint: "Add `*.key` to .amlignore, or `!*.key` if steps need it",
  }]);
  const [one] = await select("*.key\nprivate/m*\n");
  assert.match(
    one!.message,
    /so 1 file that git ignores is uploaded: private\/customers\.csv \(private\/\)$/,
  );
  assert.deepEqual(await select("*.key\n!private/\n"), []);
  const names = Array.from({ length: 6 }, (_, at) => `f${at}.txt`);
  const files = Object.fromEntries(["a.py", ...names].map((name) => [name, ""]));
  const { fs } = project({ ...files, ".gitignore": names.join("\n"), ".amlignore": "" });
  const [all] = (await selectCode(fs, "/project")).warnings;
  assert.match(
    all!.message,
    /so 6 files that git ignores are uploaded: .*f4\.txt \(f4\.txt\)$/,
    "it names five",
  );
});

Deno.test("selectCode() names the .amlignore line that excludes a file", async () => {
  const { fs } = project({
    "data/a.csv": "",
    "data/b.csv": "",
    "old/keep.py": "",
    "a.py": "",
    ".amlignore": "!old/keep.py\nold/\n  data/ \n!data/b.csv\n",
  });
  const { files, leftOut } = await selectCode(fs, "/project");
  assert.deepEqual(files.map(({ name }) => name), ["a.py", "data/b.csv"]);
  const line = (name: string, pattern: string, line: number) => (
    { name, reason: ".amlignore", pattern, place: { file: ".amlignore", line } }
  );
  assert.deepEqual(leftOut.toSorted((a, b) => a.name < b.name ? -1 : 1), [
    line("data/a.csv", "data/", 3),
    line("old/", "old/", 2),
  ]);
});
