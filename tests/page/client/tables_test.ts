import { deepEqual, equal } from "node:assert/strict";
import { tableOf } from "../../../src/page/client/tables.ts";

Deno.test("tableOf() reads values separated by commas or tabs, in quotes or not", () => {
  deepEqual(tableOf("a.csv", 'city,note\r\nRome,"a, b"\nOslo,"say ""hi""\nthere"\n'), [
    ["city", "note"],
    ["Rome", "a, b"],
    ["Oslo", 'say "hi"\nthere'],
  ]);
  deepEqual(tableOf("a.TSV", "a\tb\n1\t2,3"), [["a", "b"], ["1", "2,3"]]);
  deepEqual(tableOf("a.csv", 'a\n5" pipe,\n'), [["a"], ['5" pipe', ""]]);
  deepEqual(tableOf("a.csv", "a\n5"), [["a"], ["5"]]);
  deepEqual(tableOf("a.csv", "a,b\n5,"), [["a", "b"], ["5", ""]]);
});

Deno.test("tableOf() returns undefined for other file types and for files with only a header", () => {
  equal(tableOf("a.txt", "a,b\n1,2\n"), undefined);
  equal(tableOf("a.csv", "a,b\n"), undefined);
  equal(tableOf("a.csv", ""), undefined);
});

Deno.test("tableOf() returns the header and first 50 rows of a long file", () => {
  const rows = tableOf("a.csv", "n\n" + Array.from({ length: 80 }, (_, at) => `${at}\n`).join(""));
  equal(rows?.length, 51);
  deepEqual(rows?.at(-1), ["49"]);
});
