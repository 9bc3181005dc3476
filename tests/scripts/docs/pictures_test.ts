import { deepEqual, ok } from "node:assert/strict";

const DOCS = new URL("../../../docs/", import.meta.url);

Deno.test("docs/report.md shows every picture in docs/pictures", async () => {
  const shown = [
    ...(await Deno.readTextFile(new URL("report.md", DOCS))).matchAll(/\]\(pictures\/([^)]+)\)/g),
  ];
  const files = [...Deno.readDirSync(new URL("pictures/", DOCS))].map(({ name }) => name);
  deepEqual(shown.map(([, name]) => name).sort(), files.sort());
  for (const name of files) ok(Deno.statSync(new URL(`pictures/${name}`, DOCS)).size <= 150_000, name);
});
