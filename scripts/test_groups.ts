/**
 * Writes modules that import many test files each. Deno loads and warms up the program anew for each module that it
 * runs, which takes longer than the tests of most files.
 */

export const TEST_GROUPS = ".cache/test_groups";

/** How many run at once. More would take longer: each loads the whole program and warms it up (measured: 6 s). */
const COUNT = 2;

/** Seconds of files that take three or more on a quiet machine with two processors; others take {@linkcode SHORT}. */
const SECONDS: Readonly<Record<string, number>> = {
  "tests/azureml/submit/golden_test.ts": 3,
  "tests/azureml/submit/rounds_test.ts": 12,
  "tests/cli/matrix/faults_test.ts": 5,
  "tests/cli/matrix/lies_test.ts": 4,
  "tests/cli/matrix/worlds_test.ts": 9,
  "tests/kedro/reader/hostile_test.ts": 15,
  "tests/kedro/reader/uses_test.ts": 3,
  "tests/system/behind_proxy_test.ts": 4,
  "tests/system/fetch_test.ts": 3,
  "tests/system/hanging_tools_test.ts": 6,
  "tests/system/kill_test.ts": 10,
  "tests/system/probe_test.ts": 5,
  "tests/system/runner_test.ts": 3,
};
const SHORT = 0.15;

/** Folders of the third ring, each for a process of its own. */
export const SYSTEM_GROUPS = ["system_0", "system_1"] as const;

/**
 * Groups the tests of the first two rings into several modules and those of the third into one for each process, below
 * {@linkcode TEST_GROUPS}.
 */
export async function writeTestGroups(): Promise<void> {
  await Deno.remove(TEST_GROUPS, { recursive: true }).catch(() => {});
  const all = (await testFiles("tests")).filter((path) => !path.startsWith("tests/peers/"));
  const isSystem = (path: string) => path.startsWith("tests/system/");
  const rings = all.filter((path) => !isSystem(path));
  for (const [group, paths] of dealt(rings, COUNT).entries()) await write(`rings/${group}_test.ts`, paths);
  for (const [group, paths] of dealt(all.filter(isSystem), SYSTEM_GROUPS.length).entries()) {
    await write(`${SYSTEM_GROUPS[group]}/all_test.ts`, paths);
  }
}

/** Deals files to groups that take about equally long: each to the shortest so far, the longest first. */
function dealt(paths: readonly string[], count: number): readonly (readonly string[])[] {
  const groups = Array.from({ length: count }, () => ({ seconds: 0, paths: [] as string[] }));
  const secondsOf = (path: string) => SECONDS[path] ?? SHORT;
  for (const path of paths.toSorted((a, b) => secondsOf(b) - secondsOf(a))) {
    const shortest = groups.reduce((least, group) => group.seconds < least.seconds ? group : least);
    shortest.paths.push(path);
    shortest.seconds += secondsOf(path);
  }
  return groups.map((group) => group.paths.toSorted());
}

async function testFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await testFiles(path));
    else if (/_test\.ts$/.test(name)) found.push(path);
  }
  return found.sort();
}

async function write(name: string, paths: readonly string[]): Promise<void> {
  const to = `${TEST_GROUPS}/${name}`;
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  const up = "../".repeat(to.split("/").length - 1);
  await Deno.writeTextFile(to, paths.map((path) => `import "${up}${path}";\n`).join(""));
}
