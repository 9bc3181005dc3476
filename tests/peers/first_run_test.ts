import assert from "node:assert/strict";
import { resolve } from "node:path";
import { exec } from "../../src/system/exec.ts";
import { peerPath, skippedWithout } from "./peer.ts";
import { type Files, writeShop } from "./rehearsal.ts";

/** A virtual environment with the plugin and MLflow. */
const VENV = peerPath("plugin-mlflow");
const skipped = skippedWithout("plugin-mlflow/bin/kedro");

const ROOT = resolve(import.meta.dirname!, "../..");
const SUBSCRIPTION = "00000000-1111-2222-3333-444444444444";

/** A project as `kedro new` leaves it: a local file, a model between two nodes, a metric, a result. */
const PROJECT: Files = {
  "conf/base/azureml.yml": null,
  ".amlignore": null,
  "conf/base/parameters.yml": "slope: 3\n",
  "conf/base/catalog.yml": `# What was measured
measured:
  type: pandas.CSVDataset
  filepath: data/01_raw/measured.csv

model:
  type: json.JSONDataset
  filepath: data/06_models/model.json

scores:
  type: json.JSONDataset
  filepath: data/08_reporting/scores.json
`,
  "data/01_raw/measured.csv": "x,y\n1,3\n2,6\n3,10\n",
  "src/shop/pipeline_registry.py": `import mlflow
from kedro.pipeline import Pipeline, node


def clean(measured):
    return measured.dropna()


def fit(cleaned, slope):
    return {"slope": slope, "rows": len(cleaned)}


def score(cleaned, model):
    error = float((cleaned["y"] - model["slope"] * cleaned["x"]).abs().mean())
    mlflow.log_metric("mean_error", error)
    return {"mean_error": error, "rows": model["rows"]}


def register_pipelines():
    nodes = [
        node(clean, "measured", "cleaned", name="clean"),
        node(fit, ["cleaned", "params:slope"], "model", name="fit"),
        node(score, ["cleaned", "model"], "scores", name="score"),
    ]
    return {"__default__": Pipeline(nodes)}
`,
  "requirements.txt": "kedro~=1.7\nkedro-datasets[pandas-csvdataset,json-jsondataset]\nmlflow-skinny\n",
};

/** The command that names the workspace: with an emulator, `init` alone takes none. */
const INIT =
  `kedro-azureml init --environment --subscription-id ${SUBSCRIPTION} --resource-group rg-shop --workspace-name ws-shop --compute cpu-cluster`;

/** What a person answers on the terminal; other commands ask nothing. */
const ANSWERS: Readonly<Record<string, string>> = {
  // The catalog is left as it is.
  "kedro-azureml init": "n\n",
  // No CI workflow, no setup and no rehearsal yet.
  [INIT]: "1\nn\nn\n",
  "kedro-azureml setup": "y\n",
};

/** Commands that need a browser or the Azure CLI, and the one that needs no workspace. */
const NOT_RUN = /^(?:az|kedro-azureml (?:auth login|job open|init --rehearse))\b/;

/** The commands of a page, in order. */
async function commandsOf(page: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${ROOT}/docs/${page}`);
  return [...text.matchAll(/^```(?:ba)?sh\n([^]*?)^```/gm)].flatMap(([, block]) =>
    block!.trim().replaceAll("\\\n", " ").split("\n").filter((line) => !/^\s*(?:#|$)/.test(line))
  );
}

/** Calls `use` with a function that runs lines of bash in the project, on a terminal, signed in to an empty emulator. */
async function withEmptyWorkspace(
  use: (run: (line: string, answers?: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const cwd = `${folder}/shop`;
  await writeShop(cwd, PROJECT);
  await Deno.mkdir(`${folder}/bin`);
  await Deno.writeTextFile(
    `${folder}/bin/kedro-azureml`,
    `#!/bin/sh\nexec "${Deno.execPath()}" run --quiet -A --no-check --config "${ROOT}/deno.json" "${ROOT}/main.ts" "$@"\n`,
    { mode: 0o755 },
  );
  const { DENO_DIR = `${Deno.env.get("HOME")}/.cache/deno` } = Deno.env.toObject();
  const env = { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: folder, DENO_DIR, TERM: "xterm", COLUMNS: "100" };
  const bash = async (line: string, answers = "") => {
    const script =
      `eval "$(kedro-azureml emulator env 2>/dev/null)"\nstty -echo cols 100 2>/dev/null\n${line}`;
    // In its own terminal, where the answers are typed.
    const typed = `printf '%s' "$ANSWERS" | script --quiet --return --command "$SCRIPT" /dev/null`;
    const { status, stdout, stderr } = await exec("bash", ["-c", typed], {
      cwd,
      env: { ...env, ANSWERS: answers, SCRIPT: `bash -c ${quoted(script)}` },
      clearEnv: true,
    });
    assert.equal(status, 0, `${line}\n${stdout}${stderr}`);
    return stdout.replaceAll("\r\n", "\n");
  };
  const emulator = "--empty --run-steps";
  const workspace = `${SUBSCRIPTION}/rg-shop/ws-shop`;
  try {
    await bash(
      `kedro-azureml emulator start ${emulator} --venv ${quoted(VENV)} --workspace ${workspace}`,
    );
    await use(bash);
  } finally {
    await bash("kedro-azureml emulator stop");
    await exec("chmod", ["-R", "u+rwX", folder]);
    await Deno.remove(folder, { recursive: true });
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

Deno.test(`docs/first-run.md leads from an empty workspace to results${skipped}`, {
  ignore: skipped !== "" || Deno.build.os !== "linux",
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const commands = (await commandsOf("first-run.md")).filter((line) => !NOT_RUN.test(line));
  assert.ok(Object.keys(ANSWERS).every((line) => commands.includes(line)), commands.join("\n"));
  const printed = new Map<string, string>();
  await withEmptyWorkspace(async (run) => {
    for (const line of commands) {
      printed.set(line, await run(line, ANSWERS[line]));
      if (line === INIT) {
        await run("kedro-azureml setup --dry-run --json > ../plan.json || true");
      }
    }
    const planned = JSON.parse(await run("cat ../plan.json"));
    const again = JSON.parse(await run("kedro-azureml setup --yes --json 2>/dev/null"));
    assert.deepEqual(again.create, [], "a second setup creates nothing");
    for (const { kind, name, cluster } of planned.create) {
      const what = name ?? cluster;
      const isThere = again.present.some((present: string) => present.includes(` ${what}`));
      assert.ok(/catalog$/.test(kind) || isThere, `${kind} ${what} is there: ${again.present}`);
    }
    assert.match(await run("find results -type f"), /scores\.json/);
    assert.match(await run("cat $(find results -name scores.json)"), /"mean_error": 0\.3333/);
  });
  assert.match(printed.get("kedro-azureml setup")!, /Created compute cluster cpu-cluster/);
  assert.match(printed.get("kedro-azureml submit main --wait")!, /Completed after/);
  assert.match(printed.get("kedro-azureml job metrics")!, /mean_error\s+0\.333/);
});
