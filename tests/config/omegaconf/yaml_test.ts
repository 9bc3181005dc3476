import { deepEqual, throws } from "node:assert/strict";
import { toPlain } from "../../../src/config/omegaconf/node.ts";
import { parseYaml } from "../../../src/config/omegaconf/yaml.ts";

const read = (text: string) => toPlain(parseYaml(text, "a.yml")!);

Deno.test("parseYaml() takes a tab within a block of text, and rejects others that indent a line", () => {
  deepEqual(read("a: |\n  x\n  \ty\n"), { a: "x\n\ty\n" });
  const tab = { message: /indented with a tab/, place: { file: "a.yml", line: 2, column: 1 } };
  throws(() => read("a:\n\tb: 1\n"), tab);
  throws(() => read("a: [1,\n\t2]\n"), tab);
});

Deno.test("parseYaml() tells where brackets are nested too deeply", () => {
  const deep = `a: 1\nb: 2\nc: ${"[".repeat(20_000)}`;
  throws(() => read(deep), ({ place }) => place.line === 3 && place.column === 10_004);
});

Deno.test("parseYaml() refuses a second document where it starts", () => {
  throws(() => read("a: 1\n---\nb: 2\n"), { place: { file: "a.yml", line: 2, column: 1 } });
});
