import { fileURLToPath } from "node:url";
import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { parse } from "yaml";
import type { FileSystem } from "../../../src/core/context.ts";
import { run } from "../../../src/cli/command_line.ts";
import { onceEach } from "../../../src/core/async.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { DIFFERENT, ELSEWHERE } from "./differences.ts";

interface Case {
  readonly id: string;
  readonly project: string;
  readonly argv: readonly string[];
  readonly env_vars: Readonly<Record<string, string>>;
  readonly exit_code: number;
  readonly outputs: readonly { readonly golden: string }[] | null;
}

interface Job {
  description?: string;
  jobs?: Record<string, { component: { command: string }; compute: string }>;
}

const golden = fileURLToPath(new URL("../../golden/", import.meta.url));
const cases: Case[] = JSON.parse(await Deno.readTextFile(`${golden}compile_cases.json`));

/** Declares a test for each job of these projects that the plugin compiled to a single file. */
export function testProjects(projects: readonly string[]): void {
  const single = cases.filter(({ project, exit_code, outputs, id }) =>
    projects.includes(project) && exit_code === 0 && outputs?.length === 1 && !(id in ELSEWHERE)
  );
  const snapshots = onceEach(readSnapshot);
  for (const one of single) {
    Deno.test(`compile writes the same job as the plugin for ${one.id}`, async () => {
      await testCase(one, await snapshots(JSON.stringify(readingOf(one))));
    });
  }
  Deno.test(`golden cases of ${projects.join(", ")} exist`, () => ok(single.length > 0));
}

/** Every project that has cases. */
export const PROJECTS: readonly string[] = [...new Set(cases.map(({ project }) => project))];

async function testCase({ id, project, argv, env_vars, outputs }: Case, snapshot: Uint8Array<ArrayBuffer>) {
  const folder = `${golden}projects/${project}`;
  const fs: FileSystem = {
    ...systemFs,
    readBytes: async (path) => path === SNAPSHOT ? snapshot : await systemFs.readBytes(path),
  };
  const ctx = fakeContext({ fs, cwd: folder, env: env_vars });
  const isWhole = snapshot.length > 0;

  const exit = await run(
    [...withoutOutput(argv), "-o", "-", ...isWhole ? ["--snapshot", SNAPSHOT] : []],
    ctx,
  );

  equal(exit, 0, ctx.stderr());
  const expected = await plugin(`${golden}${outputs![0]!.golden}`, folder);
  const actual = comparable(parse(ctx.stdout()));
  if (id in DIFFERENT) DIFFERENT[id]!(expected as never, actual as never);
  deepStrictEqual(actual, expected);
  deepStrictEqual(Object.keys(actual.jobs ?? {}), Object.keys(expected.jobs ?? {}), "order of the steps");
}

const SNAPSHOT = "/snapshot.json";

/** Returns the parts of a case that the project's snapshot depends on. */
function readingOf({ project, argv, env_vars }: Case) {
  const words = withoutOutput(argv);
  const params = words.indexOf("--params");
  return {
    project,
    env_vars,
    words: [
      ...words.slice(0, words.indexOf("compile")),
      "inspect",
      ...params < 0 ? [] : ["--params", words[params + 1]!],
    ],
  };
}

/** Reads a project once for all of its cases; empty if custom resolvers need its code. */
async function readSnapshot(reading: string): Promise<Uint8Array<ArrayBuffer>> {
  const { project, env_vars, words }: ReturnType<typeof readingOf> = JSON.parse(reading);
  const ctx = fakeContext({ fs: systemFs, cwd: `${golden}projects/${project}`, env: env_vars });
  equal(await run([...words, "--json"], ctx), 0, ctx.stderr());
  const { project: { settings } } = JSON.parse(ctx.stdout());
  return new TextEncoder().encode(settings.custom_resolvers.length === 0 ? ctx.stdout() : "");
}

async function plugin(path: string, folder: string): Promise<Job> {
  const text = await Deno.readTextFile(path);
  return comparable(parse(text.replaceAll(/<projects>\/\w+/g, folder)));
}

/** Removes what golden/README.md excludes: the end of the command and the plugin's description. */
function comparable(job: Job): Job {
  delete job.description;
  for (const { component } of Object.values(job.jobs ?? {})) {
    component.command = component.command.split("; rc=$?")[0]!;
  }
  return job;
}

/** Returns the plugin's command line without `kedro azureml` and the output file. */
function withoutOutput(argv: readonly string[]): string[] {
  const [, , ...rest] = argv;
  const at = rest.findIndex((word) => word === "-o" || word === "--output");
  return at < 0 ? rest : [...rest.slice(0, at), ...rest.slice(at + 2)];
}
