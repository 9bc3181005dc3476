import { deepEqual, equal } from "node:assert/strict";
import { mutantsOf } from "../../../scripts/mutants/generate.ts";
import { describeMutant, mutate } from "../../../scripts/mutants/mutant.ts";
import { installSwitches } from "../../../scripts/mutants/switch_runtime.ts";
import { withSwitches } from "../../../scripts/mutants/switches.ts";

const CODE = `
const LIMITS = { 1: 10 } as const;
const log = [];
function f(a, b) {
  if (a < 10 && (b === "x" || a > 5)) return "early";
  log.push(a);
  let left = 3;
  while (left >= 1 && !b) left--;
  if (left !== 3) log.push("left" + left);
  else log.push(true);
  return a + LIMITS[1];
}
function g(options, list) {
  const { a = "none", ...rest } = { ...options, b: 5 - 2 };
  const text = list.filter((one) => one !== "y").at(-1)?.trim().replace(/^x+$/i, \`<\${a}>\`);
  return [a, rest.b ?? "no", rest["c"] ? "c" : "d", text, list.some((one) => one > "m"), Math.min(2, 7).toString(), "last"];
}
const made = [...g({ a: "A" }, ["y", " XX", "y"]), ...g({ c: 1 }, ["b"]), ...g({ b: 0 }, [])];
const said = [f(1, "x"), f(6, "y"), f(2, "y"), f(10, "x"), f(11, ""), ...log, ...made].join();
`;

/** What the code says, without types, as plain JavaScript. */
function saidBy(code: string): string {
  return new Function(`${code.replace(" as const", "")}; return said;`)();
}

function triedWith(code: string): string {
  try {
    return saidBy(code);
  } catch (thrown) {
    return String(thrown);
  }
}

Deno.test("withSwitches() adds switchable mutants that behave like planted mutants", () => {
  const all = mutantsOf("f.ts", CODE).map((mutant, at) => ({ id: at + 1, mutant }));
  const { text, built } = withSwitches("f.ts", CODE, all);
  deepEqual(all.filter((one) => !built.includes(one)).map(({ mutant }) => describeMutant(mutant, CODE)), []);
  const state = installSwitches();
  equal(saidBy(text), saidBy(CODE));
  const other: string[] = [];
  for (const { id, mutant } of all) {
    Object.assign(state, { on: id, count: 0, mostRuns: 1000 });
    const planted = mutate(CODE, mutant)!;
    const isEndless = /while \(left [<>]=? 1 \|\||while \(left >= 1 && b/.test(planted);
    if (isEndless) continue;
    if (triedWith(text) !== triedWith(planted)) other.push(describeMutant(mutant, CODE));
  }
  state.on = 0;
  deepEqual(other, []);
});

Deno.test("withSwitches() leaves out mutants in types", () => {
  const code = "type A = 1 | 2;\nfunction g(n: 0 | 5): true | undefined {\n  while (n < 1) n;\n}\n";
  const all = mutantsOf("g.ts", code).map((mutant, at) => ({ id: at + 1, mutant }));
  const { built } = withSwitches("g.ts", code, all);
  deepEqual(built.map(({ mutant }) => describeMutant(mutant, code)), ["g.ts:3: < => <=", "g.ts:3: 1 => 2"]);
});

Deno.test("withSwitches() builds mutants into attributes and content of elements", () => {
  const code = `const a = <p class="x" title={\`y\`}>text {b && "z"}</p>;\n`;
  const all = mutantsOf("a.tsx", code).map((mutant, at) => ({ id: at + 1, mutant }));
  const { text, built } = withSwitches("a.tsx", code, all);
  equal(built.length, all.length);
  equal(
    text,
    'const a = <p class={(__M.isOn(2)?(""):"x")} title={(__M.isOn(3)?(""):`y`)}>text ' +
      '{(__M.keep(b),__M.isOn(1)?__M.kept()||(__M.isOn(4)?(""):"z"):__M.kept()&&(__M.isOn(4)?(""):"z"))}</p>;\n',
  );
});
