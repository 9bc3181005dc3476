/**
 * Writes modules that import several test files each. Deno loads and warms up the program anew for each module that it
 * runs, which takes longer than the tests of most files.
 */

/** Where the modules are written. */
export const TEST_GROUPS = ".cache/test_groups";

/** A few for each processor, so that all are busy to the end. */
const COUNT = 4;

/** Seconds of files that take long, as they were measured on two processors; all others together take as many. */
const SECONDS: Readonly<Record<string, number>> = {
  "tests/azureml/job/compile/random_test.ts": 2,
  "tests/azureml/submit/golden_test.ts": 3,
  "tests/azureml/submit/rounds_test.ts": 15,
  "tests/cli/codes_test.ts": 3,
  "tests/cli/diff/diff_transcripts_test.ts": 4,
  "tests/cli/job/job_transcripts_test.ts": 4,
  "tests/cli/matrix/faults_test.ts": 15,
  "tests/cli/matrix/lies_test.ts": 9,
  "tests/cli/matrix/worlds_test.ts": 18,
  "tests/cli/pack/package_test.ts": 7,
  "tests/cli/parse/selection_test.ts": 6,
  "tests/cli/rehearse/rehearse_transcripts_test.ts": 4,
  "tests/cli/rerun/rerun_transcripts_test.ts": 5,
  "tests/cli/submit/name_transcripts_test.ts": 3,
  "tests/credentials/login_test.ts": 4,
  "tests/credentials/people_in_chain_test.ts": 3,
  "tests/kedro/reader/golden_test.ts": 18,
  "tests/kedro/reader/hostile_test.ts": 22,
  "tests/kedro/reader/older_kedro_test.ts": 5,
  "tests/kedro/reader/snapshot_failures_test.ts": 5,
  "tests/kedro/reader/stubs_test.ts": 4,
  "tests/kedro/reader/uses_test.ts": 4,
  "tests/system/behind_proxy_test.ts": 10,
  "tests/system/callback_test.ts": 5,
  "tests/system/fetch_test.ts": 6,
  "tests/system/hanging_tools_test.ts": 6,
  "tests/system/isolation_test.ts": 7,
  "tests/system/kill_test.ts": 15,
  "tests/system/no_secret_in_processes_test.ts": 5,
  "tests/system/probe_test.ts": 6,
  "tests/system/runner_test.ts": 11,
};
/** Seconds of any other file. */
const SHORT = 0.3;

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
