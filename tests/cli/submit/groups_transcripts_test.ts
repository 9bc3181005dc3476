import { deepStrictEqual, equal } from "node:assert/strict";
import { makeWorld, type World, type WorldOptions } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

/** Appends to pyproject.toml. */
function settings(text: string): (world: World) => void {
  return ({ ctx }) => {
    const path = `${ctx.cwd}/pyproject.toml`;
    const before = new TextDecoder().decode(ctx.files.get(path)!);
    ctx.files.set(path, new TextEncoder().encode(`${before}\n${text}\n`));
  };
}

const FAILING: WorldOptions = {
  emulator: { outcome: { failingSteps: { clean_to_count: "ValueError: there is no column rows" } } },
};

/** Command lines that run one after another in one world. */
const cases: readonly {
  name: string;
  lines: readonly string[];
  change?: (world: World) => void;
  world?: WorldOptions;
}[] = [
  {
    name: "chain makes one step of a chain",
    lines: [
      "compile main --group-by chain -o -",
      "compile main --group-by chain -o - --format mermaid",
      "compile main --group-by none -o - --format mermaid",
    ],
  },
  {
    name: "namespace makes steps of namespaces",
    lines: [
      "compile all --group-by namespace -o - --format mermaid",
      "compile all --group-by namespace:2 -o - --format mermaid",
    ],
    world: { project: "fleets" },
  },
  {
    name: "all makes one step per compute",
    lines: [
      "compile everything --group-by all -o - --format mermaid",
      "compile everything --group-by all --json",
    ],
    world: { project: "spaceflights" },
  },
  {
    name: "keeps data assets as inputs of a group",
    lines: ["compile assets --group-by all -o -"],
    world: { project: "assetlab" },
  },
  {
    name: "rejects invalid modes",
    lines: [
      "compile main --group-by chian",
      "compile main --group-by tag:",
      "compile main --group-by namespace:0",
      "compile main --group-by all:2 --json",
      "compile main --group-by",
    ],
  },
  {
    name: "warns about a prefix without tags",
    lines: ["compile main --group-by tag:stage --check", "validate main --group-by namespace --strict"],
  },
  {
    name: "has defaults in pyproject.toml",
    lines: ["compile main nightly one --check", "compile main --check --group-by none", "validate main"],
    change: settings(
      '[tool.kedro-azureml]\ngroup-by = "all"\n[tool.kedro-azureml.jobs.nightly]\ngroup-by = "none"',
    ),
  },
  {
    name: "in pyproject.toml rejects an unknown job",
    lines: ["compile main --check", "validate main"],
    change: settings('[tool.kedro-azureml.jobs.mian]\ngroup-by = "chain"'),
  },
  {
    name: "in pyproject.toml rejects an unknown key",
    lines: ["compile main --check"],
    change: settings('[tool.kedro-azureml]\ngroup_by = "chain"'),
  },
  {
    name: "in pyproject.toml rejects an invalid mode",
    lines: ["compile main --check"],
    change: settings('[tool.kedro-azureml]\njobs.main = { group-by = "tag:" }'),
  },
  {
    name: "in pyproject.toml rejects a value of another type",
    lines: ["compile main --check", "submit one --dry-run"],
    change: settings('[tool.kedro-azureml]\njobs.main.group-by = ["chain"]'),
  },
  {
    name: "shows the nodes of a group in job show",
    lines: [
      "submit main --group-by chain --name first --wait",
      "job show first",
      "job show first --json",
      "job logs first",
      "job logs first --step count",
      "diff main --group-by chain",
      "diff main --group-by none",
    ],
  },
  {
    name: "prints groups with submit --dry-run",
    lines: ["submit main --group-by chain --dry-run", "schedule nightly --group-by chain --dry-run"],
  },
  {
    name: "names the failed node of a group",
    lines: [
      "submit main --group-by chain --name first --wait",
      "job show first",
      "job logs first --failed",
      "job logs first --step clean",
      "job logs first --step count",
      "job logs first --follow --step clean",
      "rerun first --from-failed --name second --dry-run",
    ],
    world: FAILING,
  },
  {
    name: "keeps groups in a package",
    lines: [
      "pack main --group-by chain -o /home/user/main.kap",
      "submit --package /home/user/main.kap --dry-run",
      "submit --package /home/user/main.kap --group-by none",
    ],
  },
];

for (const { name, lines, change, world: options } of cases) {
  Deno.test(`--group-by ${name}`, async (t) => {
    const world = makeWorld(options);
    change?.(world);
    await assertTranscript(t, await transcriptOf(world, lines), import.meta.url);
  });
}

/** Submits a job with a failing step, reruns the failed part, and returns the steps of both runs. */
async function rerun(failing: string) {
  const { azure, kedroAzureml } = makeWorld({
    project: "spaceflights",
    emulator: { outcome: { failingSteps: { [failing]: "ValueError" } } },
  });
  equal(await kedroAzureml("submit data_processing --group-by all --name first --wait"), 1);
  equal(await kedroAzureml("rerun first --from-failed --name second"), 0);
  const [first, second] = ["first", "second"].map((wanted) => {
    const { properties } = azure.resources("jobs").find(({ name }) => name === wanted)!;
    return (properties as { jobs: Record<string, { inputs: Record<string, { uri?: string }> }> }).jobs;
  });
  return { first: first!, second: second! };
}

Deno.test("rerun --from-failed reads outputs of a completed group", async () => {
  const { first, second } = await rerun("create_model_input_table_node");
  deepStrictEqual(Object.keys(first), ["all_on_cpu_cluster", "create_model_input_table_node"]);
  deepStrictEqual(Object.keys(second), ["create_model_input_table_node"]);
  const uris = Object.values(second.create_model_input_table_node!.inputs).flatMap(({ uri }) => uri ?? []);
  equal(uris.length, 2);
});

Deno.test("rerun --from-failed runs a failed group again", async () => {
  const { first, second } = await rerun("all_on_cpu_cluster");
  deepStrictEqual(second, first);
});
