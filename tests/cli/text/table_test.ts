import { equal } from "node:assert/strict";
import { tableText } from "../../../src/cli/text/render.ts";

const ROWS = [["NAME", "STATUS", "TIME"], ["fox", "Completed", ""], ["a-long-name", "", "5 s"]];
const WIDE = "NAME         STATUS     TIME\nfox          Completed\na-long-name             5 s\n";

Deno.test("tables have aligned columns", () => {
  equal(tableText(ROWS), WIDE);
  equal(tableText([["a"], ["bb", "c"]]), "a\nbb  c\n");
  equal(tableText([["😀", "a"], ["bb", "c"]]), "😀   a\nbb  c\n");
  equal(tableText([]), "");
});

Deno.test("tables wider than the terminal print each row on two lines", () => {
  equal(tableText(ROWS, 28), WIDE);
  equal(
    tableText(ROWS, 27),
    "NAME\n    STATUS     TIME\nfox\n    Completed\na-long-name\n               5 s\n",
  );
  equal(tableText([["a", "b", "c"], ["long", "", ""]], 5), "a\n    b  c\nlong\n");
  equal(tableText([["a", "wide"], ["b", "c"]], 3), "a  wide\nb  c\n");
});
