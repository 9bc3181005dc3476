import { fileURLToPath } from "node:url";
import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { makeWorld } from "../world.ts";

/** A list of the plugin. */
interface Case {
  readonly id: string;
  readonly project: string;
  readonly argv: readonly string[];
  readonly exit_code: number;
  readonly stdout: string;
}

const golden = fileURLToPath(new URL("../../golden/", import.meta.url));
const cases: Case[] = JSON.parse(await Deno.readTextFile(`${golden}patterns_cases.json`));

/** Fails in the plugin; we prefer the more specific factory. */
const CLASH = "fleets/resolve-patterns__clash";
const NONE = "No job factory patterns defined in azureml.yml.\n";

for (const { id, project, argv, stdout } of cases.filter(({ id }) => id !== CLASH)) {
  Deno.test(`list-patterns and resolve-patterns print the same as the plugin for ${id}`, async () => {
    const [exit, out, err] = await list(project, argv);
    equal(exit, 0, err);
    equal(out, stdout === NONE ? "azureml.yml has no job factories\n" : stdout);
  });
}

Deno.test("resolve-patterns --json prints the jobs", async () => {
  const [exit, out] = await list("fleets", ["resolve-patterns", "--json"]);
  equal(exit, 0);
  const { jobs } = JSON.parse(out) as { jobs: { job: string }[] };
  deepStrictEqual(jobs.find(({ job }) => job === "emea-bike-training"), {
    job: "emea-bike-training",
    pipeline: "training",
    namespaces: ["emea.bike"],
    schedule: null,
    fromFactory: true,
  });
});

for (const line of ["list-patterns", "resolve-patterns"]) {
  Deno.test(`${line} shows the warnings of azureml.yml`, async () => {
    const { ctx, kedroAzureml, edit } = makeWorld();
    await edit("conf/base/azureml.yml", ['"rg-golden"', '"<resource group>"']);
    equal(await kedroAzureml(line), 0);
    ok(ctx.stderr().startsWith("warning: No workspace chosen yet"), ctx.stderr());
  });
}

async function list(project: string, argv: readonly string[]) {
  const ctx = fakeContext({ fs: systemFs, cwd: `${golden}projects/${project}` });
  return [await run(argv, ctx), ctx.stdout(), ctx.stderr()] as const;
}
