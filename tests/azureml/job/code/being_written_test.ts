import { join } from "node:path";
import assert from "node:assert/strict";
import { hashCode, selectCode } from "../../../../src/azureml/job/code/select.ts";
import { prepareCode } from "./prepare_code.ts";
import { readCodeFile } from "../../../../src/azureml/job/code/file.ts";
import { markOwnFolder, OWN_FOLDER_MARK } from "../../../../src/azureml/job/code/exclusions.ts";
import { systemFs } from "../../../../src/system/fs.ts";
import { createFolder } from "../../../fakes/folder.ts";
import { fakeContext } from "../../../fakes/context.ts";

function project(files: Record<string, string>) {
  const all = { "a.py": "a", ...files };
  return fakeContext({
    files: Object.fromEntries(Object.entries(all).map(([name, text]) => [`/project/${name}`, text])),
  });
}

const names = (files: readonly { readonly name: string }[]) => files.map(({ name }) => name);

Deno.test("selectCode() excludes the output file of the running command", async () => {
  const jobs = '{\n  "version": 1,\n  "jobs": []\n}\n';
  const others = { "report.html": "<!doctype html>", "conf/jobs.json": "{}", "notes.txt": jobs };
  const all = project({ "docs/sent.json": jobs, ...others });
  const { files, leftOut } = await selectCode(all.fs, "/project");
  assert.deepEqual(names(files).sort(), ["a.py", ...Object.keys(others)].sort());
  assert.deepEqual(leftOut, [{ name: "docs/sent.json", reason: "output of kedro-azureml" }]);
  const kept = project({ "sent.json": jobs, ".amlignore": "!sent.json\n" });
  assert.deepEqual(names((await selectCode(kept.fs, "/project")).files), ["a.py", "sent.json"]);
});

Deno.test("selectCode() excludes the file that stdout is redirected to", async () => {
  const { fs } = project({ "result.txt": "1" });
  const stat = async (path: string) => ({ ...(await fs.stat(path))!, id: `1:${path}` });
  const redirects = async () => new Set(["1:/project/result.txt"]);
  const { files, leftOut } = await selectCode({ ...fs, stat, redirects }, "/project");
  assert.deepEqual(names(files), ["a.py"]);
  assert.deepEqual(leftOut, [{ name: "result.txt", reason: "output of this command" }]);
});

Deno.test("selectCode() excludes a log that is being written", async () => {
  const { fs } = project({ "run.log": "1", "notes.md": "2" });
  const at = async (now: Date) => await selectCode(fs, "/project", { now });
  const recent = await at(new Date(5_000));
  assert.deepEqual(names(recent.files), ["a.py", "notes.md"]);
  assert.deepEqual(recent.warnings, [{
    code: "code.being_written",
    message: '"run.log" is still being written, so it is not uploaded',
    hint: "Add `run.log` to .amlignore, or write it outside the project",
  }]);
  assert.deepEqual(recent.leftOut, [{ name: "run.log", reason: "being written" }]);
  assert.deepEqual(names((await at(new Date(59_999))).files), ["a.py", "notes.md"]);
  assert.deepEqual(names((await at(new Date(60_000))).files), ["a.py", "notes.md", "run.log"]);
});

Deno.test("hashCode() excludes a log that grows", async () => {
  const { fs, files } = project({ "b.log": "1" });
  const selection = await selectCode(fs, "/project");
  files.set("/project/b.log", new TextEncoder().encode("1\n2\n"));
  const code = await hashCode(fs, "/project", selection);
  assert.deepEqual(names(code.files), ["a.py"]);
  assert.deepEqual(code.warnings.map(({ message }) => message), [
    '"b.log" is still being written, so it is not uploaded',
  ]);
  assert.equal(code.hash, (await prepareCode(project({}).fs, "/project")).hash);
});

Deno.test("hashCode() reads a file saved after selection", async () => {
  const { fs, files } = project({ "b.py": "1" });
  const selection = await selectCode(fs, "/project");
  files.set("/project/b.py", new TextEncoder().encode("1234"));
  const code = await hashCode(fs, "/project", selection);
  assert.equal(code.hash, (await prepareCode(project({ "b.py": "1234" }).fs, "/project")).hash);
  assert.deepEqual(code.files.map(({ sizeBytes }) => sizeBytes), [1, 4]);
});

Deno.test("readCodeFile() rejects a file that changed after it was hashed", async () => {
  const { fs, files } = project({ "b.txt": "one" });
  const { files: [, file] } = await prepareCode(fs, "/project");
  const read = async () => await new Blob(await Array.fromAsync(readCodeFile(fs, file!))).text();
  files.set("/project/b.txt", new TextEncoder().encode("one and two"));
  assert.equal(await read(), "one");
  files.set("/project/b.txt", new TextEncoder().encode("two and one"));
  await assert.rejects(read(), { code: "code.changed" });
  files.set("/project/b.txt", new TextEncoder().encode("on"));
  await assert.rejects(read(), { code: "code.changed" });
});

Deno.test("selectCode() excludes folders that kedro-azureml made", async () => {
  const { fs } = project({});
  await markOwnFolder(fs, "/project/state");
  await fs.writeText("/project/state/world.jsonl", "{}");
  const { files, leftOut } = await selectCode(fs, "/project");
  assert.deepEqual(names(files), ["a.py"]);
  assert.deepEqual(leftOut, [{ name: "state/", reason: "folder of kedro-azureml" }]);
});

Deno.test("markOwnFolder() does not mark a folder with files", async () => {
  await using folder = await createFolder({ "used/a.py": "" });
  await Deno.mkdir(join(folder.root, "empty"));
  for (const name of ["used", "empty", "new"]) await markOwnFolder(systemFs, join(folder.root, name));
  const { files } = await selectCode(systemFs, folder.root);
  assert.deepEqual(names(files), ["used/a.py"]);
  assert.deepEqual(
    await Promise.all(
      ["used", "empty", "new"].map(async (name) =>
        (await systemFs.stat(join(folder.root, name, OWN_FOLDER_MARK)))?.kind
      ),
    ),
    [undefined, "file", "file"],
  );
});
