import { deepEqual, equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { choose, mutantsOf } from "../../../scripts/mutants/generate.ts";
import { EQUIVALENT, KNOWN } from "../../../scripts/mutants/known.ts";
import { describeMutant, mutate } from "../../../scripts/mutants/mutant.ts";

const read = (file: string) => Deno.readTextFile(fileURLToPath(new URL(`../../../${file}`, import.meta.url)));

Deno.test("each known mutant still changes its file", async () => {
  const stale: string[] = [];
  for (const mutant of [...KNOWN, ...EQUIVALENT]) {
    const text = await read(mutant.file).catch(() => "");
    const changed = mutate(text, mutant);
    if (changed === undefined || changed === text) stale.push(`${mutant.file}: ${mutant.find}`);
  }
  deepEqual(stale, [], "Renew these in scripts/mutants/known.ts, or remove them");
});

Deno.test("mutantsOf() changes operators, conditions, constants statements and text, but no comment", () => {
  const code = `/** 1 < 2 */
export function f(a: number, b: string): boolean {
  if (a < 10 && b === "1 < 2") return true;
  log(\`\${a} + 1\`);
  return !check(a); // a > b
}
`;
  const shown = mutantsOf("f.ts", code).map((mutant) => describeMutant(mutant, code).replace("f.ts:", ""));
  deepEqual(shown.toSorted(), [
    '3: "1 < 2" => ""',
    "3: && => ||",
    "3: 10 => 11",
    "3: < => <=",
    "3: === => !==",
    '3: a < 10 && b === "1 < 2" => false',
    '3: a < 10 && b === "1 < 2" => true',
    '3: if (a < 10 && b === "1 < 2") return true; => nothing',
    "3: true => false",
    '4: `${a} + 1` => ""',
    "4: log(`${a} + 1`); => nothing",
    "5: ! => nothing",
  ]);
});

Deno.test("choose() returns the same items for the same seed, without duplicates", () => {
  const all = Array.from({ length: 50 }, (_, at) => at);
  deepEqual(choose(all, 20, 3), choose(all, 20, 3));
  ok(String(choose(all, 20, 3)) !== String(choose(all, 20, 4)));
  equal(new Set(choose(all, 60, 3)).size, 50);
});
