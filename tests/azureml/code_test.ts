import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type CodeSelection, prepareCode, selectCode } from "../../src/azureml/code.ts";
import { codeHash } from "../../src/azureml/hashes.ts";
import { UserError } from "../../src/errors.ts";
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

function names(selection: CodeSelection): string[] {
  return selection.files.map(({ name }) => name);
}

for (const { name, ignore_file, patterns, selected, code_hash } of cases.filter((one) => "patterns" in one)) {
  Deno.test(`Code is selected and hashed as azure-ai-ml does: ${name}`, async () => {
    const { fs } = project({ ...tree, ...(ignore_file === null ? {} : { [ignore_file]: patterns! }) });
    const code = await prepareCode(fs, "/project", { exclusions: noExclusions });
    assert.deepEqual(names(code).sort(), [...selected].sort());
    assert.equal(code.hash, code_hash);
  });
}
