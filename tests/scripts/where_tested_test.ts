import { deepEqual } from "node:assert/strict";

/** Returns the folders below `folder` with TypeScript files. */
function foldersWith(folder: string, ending: string): string[] {
  const entries = [...Deno.readDirSync(folder)];
  const own = entries.some(({ isFile, name }) => isFile && name.endsWith(ending)) ? [folder] : [];
  const below = entries.filter(({ isDirectory }) => isDirectory).flatMap(({ name }) =>
    foldersWith(`${folder}/${name}`, ending)
  );
  return [...own, ...below];
}

const ROW = /^\| (src\/\S+) +\| (.+?) +\|$/gm;

Deno.test("each folder of src has tests or a row in tests/README.md", () => {
  const text = Deno.readTextFileSync("tests/README.md");
  const rows = new Map([...text.matchAll(ROW)].map(([, source, tests]) => [source!, tests!.split(", ")]));
  const tested = new Set(foldersWith("tests", "_test.ts").map((folder) => folder.replace(/^tests/, "src")));
  const withoutTests = foldersWith("src", ".ts").filter((folder) =>
    !tested.has(folder) && !rows.has(folder) && folder !== "src/kedro/python"
  );
  deepEqual(withoutTests, []);
  deepEqual([...rows.keys()].filter((folder) => tested.has(folder)), [], "rows that are no longer needed");
  for (const place of [...rows.values()].flat()) Deno.statSync(place);
});
