import { deepEqual, equal } from "node:assert/strict";

import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";

/** What `kedro run` makes of options; see scripts/golden/renew.py. */
type GoldenRun = readonly [
  argv: readonly string[],
  { readonly nodes: string[] } | { readonly error: string },
];

const projects = JSON.parse(
  await Deno.readTextFile(new URL("../../golden/selections.json", import.meta.url)),
) as Readonly<Record<string, readonly GoldenRun[]>>;

/** Our error code for each error of Kedro. */
const CODES: readonly (readonly [RegExp, string])[] = [
  [/does not contain nodes named/, "pipeline.unknown_node"],
  [/does not contain datasets named/, "pipeline.unknown_dataset"],
  [/nodes with the following namespaces/, "pipeline.unknown_namespace"],
  [/must have unique names/, "pipeline.repeated_node"],
  [/contains no nodes after applying/, "pipeline.empty"],
  [/returned by more than one nodes/, "pipeline.no_sum"],
];

/** What `inspect` and `compile` select: the nodes, or the code of the error. */
async function nodesOf(project: string, argv: readonly string[]): Promise<readonly string[] | string> {
  const { ctx, kedroAzureml } = makeWorld({ project });
  const exit = await kedroAzureml([...argv, "--json"]);
  if (exit !== 0) return JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error.code;
  const { pipelines, steps } = JSON.parse(ctx.stdout());
  if (steps !== undefined) return steps.map(({ node }: { node: string }) => node);
  return (Object.values(pipelines) as { nodes: { name: string }[] }[])
    .flatMap(({ nodes }) => nodes.map(({ name }) => name));
}

for (const [project, runs] of Object.entries(projects)) {
  Deno.test(`inspect and compile of ${project} select nodes as kedro run does`, async () => {
    for (const [argv, expected] of runs) {
      const wanted = "nodes" in expected
        ? expected.nodes
        : CODES.find(([pattern]) => pattern.test(expected.error))?.[1];
      const options = argv.length === 0 ? ["-p", "__default__"] : argv;
      deepEqual(await nodesOf(project, ["inspect", ...options]), wanted, argv.join(" "));
      // The names of this project's datasets are such that its jobs do not compile.
      if (project === "oddities") continue;
      deepEqual(await nodesOf(project, ["compile", ...options, "-o", "out.yaml"]), wanted, argv.join(" "));
    }
  });
}

/** Command lines for the project spaceflights. */
const LINES = [
  "compile -p data_science -o - --format mermaid",
  "compile -p data_sciense",
  "compile data_science",
  "compile train_model_node",
  "schedule data_science",
  "compile --nodes train_model",
  "compile -p reporting --nodes train_model_node",
  "compile --tags gpuu",
  "compile --tags gpu --from-nodes evaluate_model_node",
  "compile training --tags gpu --check",
  "compile tags --from-nodes train_model_node --check",
  "compile training -p reporting",
  "compile -p training --check",
  "compile --pipelines reporting,data_science --check",
  "compile -p reporting --pipelines data_science",
  "validate -p reporting",
  "submit -p reporting --dry-run --allow dataset.not_uploaded,submit.undeclared_input",
  "submit --package x.kap -p reporting",
  "pack -t gpu -o x.kap --allow dataset.not_uploaded,submit.undeclared_input",
];

Deno.test("compile --pipelines gives each step a registered pipeline with its node", async () => {
  const { ctx, kedroAzureml } = makeWorld({ project: "fleets" });
  equal(await kedroAzureml("compile --pipelines nested,prefixed -o -"), 0, ctx.stderr());
  const commands = [...ctx.stdout().matchAll(/--pipeline=(\S+)/g)].map(([, pipeline]) => pipeline);
  deepEqual([...new Set(commands)].sort(), ["nested", "prefixed"]);
});

Deno.test("compile, validate, schedule, submit and pack select the same nodes", async (t) => {
  const transcript = await transcriptOf(makeWorld({ project: "spaceflights" }), LINES);
  await assertTranscript(t, transcript.replaceAll(/[0-9a-f]{64}/g, "HASH"), import.meta.url);
});
