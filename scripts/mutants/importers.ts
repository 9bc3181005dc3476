import { outputOf } from "../shared/run_program.ts";

/** Finds the test files that import a file of `src/`, directly or through others, nearest first. */
export type Importers = (file: string) => readonly Importer[];

/** A test file, and the number of imports between it and the file. */
export interface Importer {
  readonly test: string;
  readonly distance: number;
}

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier: string } }[];
  }[];
}

/** Reads what every test file imports, and which folders of tests `tests/README.md` names for a folder of `src/`. */
export async function findImporters(tests: readonly string[]): Promise<Importers> {
  const rows = (await Deno.readTextFile("tests/README.md")).matchAll(/^\| (src\/\S+) +\| (.+) \|$/gm);
  const named = [...rows].map(([, folder, places]) => [folder!, places!.trim().split(", ")] as const);
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  const root = new URL("../../", import.meta.url).href;
  try {
    await Deno.writeTextFile(entry, tests.map((test) => `import "${root}${test}";\n`).join(""));
    const args = ["info", "--json", "--import-map", "import_map.json", entry];
    const { modules } = JSON.parse(await outputOf(Deno.execPath(), args)) as Graph;
    const importersOf = new Map<string, string[]>();
    for (const { specifier, dependencies = [] } of modules) {
      for (const { code } of dependencies) {
        if (!code?.specifier.startsWith(root)) continue;
        importersOf.set(code.specifier, [...importersOf.get(code.specifier) ?? [], specifier]);
      }
    }
    return (file) => {
      const places = named.filter(([folder]) => file.startsWith(`${folder}/`)).flatMap(([, places]) => places);
      const ranks = testsThatReach(importersOf, root, file)
        .map((one) => [one, rank(file, one, places.some((place) => one.test.startsWith(place)))] as const);
      return ranks.sort(([, a], [, b]) => a - b).map(([one]) => one);
    };
  } finally {
    await Deno.remove(entry);
  }
}

function testsThatReach(importersOf: ReadonlyMap<string, readonly string[]>, root: string, file: string) {
  const distances = new Map([[root + file, 0]]);
  // The loop also visits what is added meanwhile.
  for (const [at, distance] of distances) {
    for (const importer of importersOf.get(at) ?? []) {
      if (!distances.has(importer)) distances.set(importer, distance + 1);
    }
  }
  return [...distances]
    .map(([url, distance]) => ({ test: url.slice(root.length), distance }))
    .filter(({ test }) => /^tests\/.*_test\.ts$/.test(test));
}

/** The distance of a test, less for each word that its path has in common with the file's. */
function rank(file: string, { test, distance }: Importer, isNamed: boolean): number {
  const wordsOf = (path: string) => path.replace(/(?:_test|_transcripts_test)?\.ts$/, "").split(/[/_]/);
  const words = new Set(wordsOf(file));
  const isSlow = test.startsWith("tests/system/");
  const isElsewhere = /^tests\/(?:scripts|examples)\//.test(test);
  return distance - 3 * wordsOf(test).filter((word) => words.has(word)).length + (isSlow ? 2 : 0) +
    (isElsewhere ? 6 : 0) - (isNamed ? 4 : 0);
}
