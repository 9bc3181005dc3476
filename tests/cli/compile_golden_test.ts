import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { parse } from "yaml";
import { run } from "../../src/cli/run.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";
import { DIFFERENT, ELSEWHERE } from "./golden_differences.ts";

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

const golden = new URL("../golden/", import.meta.url).pathname;
const cases: Case[] = JSON.parse(await Deno.readTextFile(`${golden}compile_cases.json`));

/** One job to one file, which the plugin compiled. */
const single = cases.filter(({ exit_code, outputs, id }) =>
  exit_code === 0 && outputs?.length === 1 && !(id in ELSEWHERE)
);

for (const { id, project, argv, env_vars, outputs } of single) {
  Deno.test(`compile gives the plugin's job: ${id}`, async () => {
    const folder = `${golden}projects/${project}`;
    const ctx = fakeContext({ fs: systemFs, cwd: folder, env: env_vars });

    const exit = await run([...withoutOutput(argv), "-o", "-"], ctx);

    equal(exit, 0, ctx.stderr());
    const expected = await plugin(`${golden}${outputs![0]!.golden}`, folder);
    const actual = comparable(parse(ctx.stdout()));
    if (id in DIFFERENT) DIFFERENT[id]!(expected as never, actual as never);
    deepStrictEqual(actual, expected);
    deepStrictEqual(Object.keys(actual.jobs ?? {}), Object.keys(expected.jobs ?? {}), "order of the steps");
  });
}

Deno.test("the golden cases are there", () => ok(single.length > 90));

async function plugin(path: string, folder: string): Promise<Job> {
  const text = await Deno.readTextFile(path);
  return comparable(parse(text.replaceAll(/<projects>\/\w+/g, folder)));
}

/** Takes out what golden/README.md says not to compare: the end of the command, and the plugin's own description. */
function comparable(job: Job): Job {
  delete job.description;
  for (const { component } of Object.values(job.jobs ?? {})) {
    component.command = component.command.split("; rc=$?")[0]!;
  }
  return job;
}

/** The plugin's command line without `kedro azureml` and without its output file. */
function withoutOutput(argv: readonly string[]): string[] {
  const [, , ...rest] = argv;
  const at = rest.findIndex((word) => word === "-o" || word === "--output");
  return at < 0 ? rest : [...rest.slice(0, at), ...rest.slice(at + 2)];
}
