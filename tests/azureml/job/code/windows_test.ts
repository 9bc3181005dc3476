import { deepStrictEqual as assertEquals, equal, rejects } from "node:assert/strict";
import { selectCode } from "../../../../src/azureml/job/code/select.ts";
import { prepareCode } from "./prepare_code.ts";

import { fakeContext } from "../../../fakes/context.ts";

/** A folder as on Windows, and what azure-ai-ml 1.35.2 selects of it; see scripts/golden/renew.py. */
interface GoldenTree {
  readonly name: string;
  readonly tree: Record<string, string>;
  readonly patterns: string | null;
  readonly selected: string[];
  readonly code_hash: string | null;
}

const GOLDEN = new URL("../../../golden/snapshot/windows.json", import.meta.url);
const cases = JSON.parse(await Deno.readTextFile(GOLDEN)) as GoldenTree[];

function project(tree: Record<string, string>, patterns: string | null) {
  const files = { ...tree, ...(patterns === null ? {} : { ".amlignore": patterns }) };
  return fakeContext({
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/project/${name}`, text])),
  });
}

for (const { name, tree, patterns, selected, code_hash } of cases) {
  Deno.test(`selectCode() agrees with azure-ai-ml on Windows about ${name}`, async () => {
    const code = await prepareCode(project(tree, patterns).fs, "/project");
    assertEquals(code.files.map((file) => file.name).sort(), selected.toSorted());
    if (code_hash !== null) equal(code.hash, code_hash);
  });
}

Deno.test("hashCode() names a file that another program has open", async () => {
  const { fs } = project({ "a.py": "", "book.xlsx": "x" }, null);
  const readBytes: typeof fs.readBytes = async (path) => {
    if (path.endsWith("book.xlsx")) throw new Error(`Sharing violation. (os error 32): open '${path}'`);
    return await fs.readBytes(path);
  };
  await rejects(prepareCode({ ...fs, readBytes }, "/project"), {
    code: "code.unreadable",
    message: 'Cannot read code file "book.xlsx": another program has it open',
    hint: "Close that program, or add the file to .amlignore",
  });
});

Deno.test("selectCode() warns about backslashes in .amlignore", async () => {
  const { warnings } = await selectCode(
    project({ "a.py": "", "data/raw/x": "" }, "# a\\b\n\ndata\\raw\nx\\*y\n").fs,
    "/project",
  );
  assertEquals(warnings.map(({ code, message, place }) => [code, message, place]), [[
    "code.backslash_pattern",
    '"data\\raw" does not match a folder: "\\" only escapes the next character',
    { file: ".amlignore", line: 3 },
  ]]);
});
