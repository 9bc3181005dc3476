import { fileURLToPath } from "node:url";
import { deepStrictEqual as assertEquals, equal, match, ok } from "node:assert/strict";
import { run } from "../../src/cli/command_line.ts";
import { exec } from "../../src/system/exec.ts";
import { createFetch } from "../../src/system/fetch.ts";
import { systemFs } from "../../src/system/fs.ts";
import { PROJECTS } from "../cli/world.ts";
import { GOLDEN_SEED } from "../fakes/seed.ts";
import { fakeContext } from "../fakes/context.ts";
import { REAL_CLOCK, withServed } from "../system/served.ts";
import { peerPath, peerTest, skippedWithout } from "./peer.ts";

const PYTHON = peerPath("azure-ai-ml/bin/python");
const skipped = skippedWithout("azure-ai-ml/bin/python");

/** The data of the golden projects is in local files, with which no job could run. */
const LOCAL_DATA = "--allow dataset.not_uploaded --allow dataset.local_between_steps";

/** The compared parts of `submit --dry-run --json`. */
interface Planned {
  readonly body: {
    readonly properties: {
      readonly displayName: string;
      readonly experimentName: string;
      readonly outputs: object;
      readonly jobs: Readonly<
        Record<string, { environment_variables: object; inputs?: object; computeId?: string }>
      >;
    };
  };
  readonly components: Readonly<Record<string, { properties: { componentSpec: { command: string } } }>>;
}

/** Returns what the reader of azure-ai-ml should report. */
function expected({ body: { properties }, components }: Planned) {
  return {
    status: "Completed",
    displayName: properties.displayName,
    experimentName: properties.experimentName,
    outputs: Object.keys(properties.outputs).sort(),
    steps: Object.fromEntries(
      Object.entries(properties.jobs).map((
        [key, { environment_variables: variables, inputs = {}, computeId }],
      ) => [
        key,
        {
          command: components[key]!.properties.componentSpec.command,
          compute: computeId!.split("/").at(-1),
          variables,
          inputs,
        },
      ]),
    ),
  };
}

/** Serves an emulator with the golden resources, and runs the program against it. */
async function withEmulator(
  use: (
    program: (project: string, line: string) => Promise<{ exit: number; stdout: string; stderr: string }>,
    env: Readonly<Record<string, string>>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  await withServed(
    { seed: GOLDEN_SEED, clock: REAL_CLOCK },
    async ({ ctx: { clock, random }, env: found, folder }) => {
      const env = { ...found, HOME: folder, PATH: "/usr/bin:/bin" };
      await use(
        async (project, line) => {
          const cwd = `${PROJECTS}${project}`;
          const fake = fakeContext({ cwd, fs: systemFs, env, fetch: createFetch(env) });
          const exit = await run(line.split(" "), { ...fake, clock, random });
          return { exit, stdout: fake.stdout(), stderr: fake.stderr() };
        },
        env,
        folder,
      );
    },
  );
}

/** Runs a script with the real azure-ai-ml and returns its printed result. */
async function runScript(
  name: string,
  env: Readonly<Record<string, string>>,
  given: Readonly<Record<string, unknown>>,
) {
  const { subscription_id, resource_group, name: workspace } = GOLDEN_SEED.workspaces![0]!;
  const script = fileURLToPath(new URL(name, import.meta.url));
  const args = [script, subscription_id, resource_group, workspace, JSON.stringify(given)];
  const { status, stdout, stderr } = await exec(PYTHON, args, { env });
  equal(status, 0, stderr);
  // Progress bars do not end with a newline.
  return JSON.parse(stdout.split("RESULT ").at(-1)!);
}

peerTest("azure-ai-ml reads, follows and downloads a submitted job", skipped, async () => {
  await withEmulator(async (program, env, folder) => {
    const planned = new Map<string, Planned>();
    for (const [project, job] of [["tiny", "main"], ["spaceflights", "everything"]] as const) {
      const name = `read-back-${project}`;
      const sent = await program(project, `submit -j ${job} --name ${name} ${LOCAL_DATA}`);
      equal(sent.exit, 0, sent.stderr);
      const { stdout } = await program(project, `submit -j ${job} --dry-run --json ${LOCAL_DATA}`);
      planned.set(name, JSON.parse(stdout.split("\n")[0]!));
    }
    const scheduled = await program("tiny", `schedule -j nightly ${LOCAL_DATA}`);
    equal(scheduled.exit, 0, scheduled.stderr);
    const read = await runScript("azure_ai_ml_reads.py", env, {
      jobs: [...planned.keys()],
      folder: `${folder}/downloaded`,
    });
    assertEquals(
      read.jobs,
      Object.fromEntries([...planned].map(([job, plan]) => [job, expected(plan)])),
    );
    assertEquals(read.files, ["std_log.txt"]);
    equal(Object.keys(read.schedules).length, 1);
  });
});

peerTest(
  "azure-ai-ml submits and cancels a compiled job",
  skipped,
  async () => {
    await withEmulator(async (program, env, folder) => {
      const compiled = await program("tiny", `compile main -o ${folder}/job.yaml`);
      equal(compiled.exit, 0, compiled.stderr);
      const scheduled = await program("tiny", `schedule nightly ${LOCAL_DATA}`);
      equal(scheduled.exit, 0, scheduled.stderr);
      await Deno.writeTextFile(`${folder}/rides.csv`, "a\n1\n");
      const given = {
        compiled: `${folder}/job.yaml`,
        file: `${folder}/rides.csv`,
        schedule: "nightly",
      };
      const { job, jobs, triggered, workspaces, computes, environments, ...seen } = await runScript(
        "azure_ai_ml_writes.py",
        env,
        given,
      );
      assertEquals(seen, {
        data: ["1", ["1"]],
        components: [],
        secrets: ["sas_token", "type"],
        services: null,
        archived: [job],
        status: "Canceled",
        enabled: [false, true],
        schedules: [],
      });
      ok(workspaces.includes(GOLDEN_SEED.workspaces![0]!.name));
      ok(computes.includes("cpu-cluster") && environments.includes("made"));
      ok(jobs.includes(job) && triggered.startsWith("nightly-"));
      const shown = await program("tiny", `job show ${job}`);
      match(shown.stdout, /Canceled/);
    });
  },
);
