import { deepEqual } from "node:assert/strict";
import { folded } from "../../src/core/document.ts";

const notUploaded = (name: string, cause = "data/** leaves it out") => ({
  code: "dataset.not_uploaded",
  message: `"${name}" is read from data/01_raw/${name}.csv, which is not uploaded: ${cause}`,
});

const sizesOf = (all: readonly { code: string; message: string }[]) =>
  folded(all).map(({ others }) => others.length);

Deno.test("folded() keeps warnings with different causes apart", () => {
  const all = ["a", "b", "c", "d"].map((name) => notUploaded(name));
  const others = ["e", "f", "g", "h"].map((name) => notUploaded(name, "there is no such file"));
  const codes = all.map((one) => ({ ...one, code: "dataset.other" }));
  deepEqual(sizesOf([...all, ...others, ...codes]), [3, 3, 3]);
});

Deno.test("folded() joins messages about different names", () => {
  const messages = ["x", "y", "z", "w"].flatMap((name) => [
    { code: "a", message: `"${name}" at data/${name}.csv is large` },
    { code: "a", message: `Node ${name}: no "${name}"` },
  ]);
  deepEqual(folded(messages).map(({ first, others }) => [first.message, others.length]), [
    ['"x" at data/x.csv is large', 3],
    ['Node x: no "x"', 0],
    ['Node y: no "y"', 0],
    ['Node z: no "z"', 0],
    ['Node w: no "w"', 0],
  ]);
});
