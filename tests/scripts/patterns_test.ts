import { deepEqual } from "node:assert/strict";
import patterns from "../../scripts/patterns/patterns.json" with { type: "json" };

const SRC = new URL("../../src/", import.meta.url);

/** The regular expressions of src, and those that are made of texts, with their files. */
function found(): { readonly literals: Set<string>; readonly made: Set<string> } {
  const [literals, made] = [new Set<string>(), new Set<string>()];
  for (const file of files(SRC)) {
    const plugin: Deno.lint.Plugin = {
      name: "patterns",
      rules: {
        all: {
          create: () => ({
            Literal(node) {
              if ("regex" in node && node.regex) literals.add(`/${node.regex.pattern}/${node.regex.flags}`);
            },
            NewExpression({ callee }) {
              if (callee.type === "Identifier" && callee.name === "RegExp") {
                made.add(file.href.slice(SRC.href.length));
              }
            },
          }),
        },
      },
    };
    Deno.lint.runPlugin(plugin, file.pathname, Deno.readTextFileSync(file));
  }
  return { literals, made };
}

function* files(folder: URL): Iterable<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* files(new URL(`${name}/`, folder));
    else if (/\.tsx?$/.test(name) && !name.endsWith(".d.ts")) yield new URL(name, folder);
  }
}

Deno.test("patterns.json lists every regular expression of src with its proof or reason", () => {
  const { literals, made } = found();
  const listed = [...patterns.linear, ...patterns.others.flatMap((one) => one.patterns)];
  const missing = [...literals].filter((pattern) => !listed.includes(pattern));
  const hint = "add it to `linear` and run `deno task patterns 'PART OF IT'`";
  deepEqual([missing, listed.filter((pattern) => !literals.has(pattern))], [[], []], hint);
  deepEqual([...made].sort(), Object.keys(patterns.made).sort());
});
