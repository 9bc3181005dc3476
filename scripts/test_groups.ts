/**
 * Writes modules that import several test files each. Deno loads and warms up the program anew for each module that it
 * runs, which takes longer than the tests of most files.
 */

/** Where the modules are written. */
export const TEST_GROUPS = ".cache/test_groups";

/** A few for each processor, so that all are busy to the end. */
const COUNT = 4;

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
  for (let group = 0; group < COUNT; group++) {
    await write(`rings/${group}_test.ts`, rings.filter((_, at) => at % COUNT === group));
  }
  const system = all.filter(isSystem);
  const each = Math.ceil(system.length / SYSTEM_GROUPS.length);
  for (const [group, folder] of SYSTEM_GROUPS.entries()) {
    await write(`${folder}/all_test.ts`, system.slice(group * each, (group + 1) * each));
  }
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
