import { runView } from "../../src/page/run_view.ts";
import { firstGraph } from "../../src/page/graph_model.ts";
import type {
  CompareView,
  JobRow,
  PageData,
  SchedulesView,
  StepProgress,
  StepView,
} from "../../src/page/view.ts";

const STARTED = Date.UTC(2026, 0, 31, 6, 0, 0);
const VERBS = ["load", "clean", "join", "split", "train", "evaluate", "report", "score", "export"];
const NOUNS = [
  "rides",
  "weather",
  "stations",
  "features",
  "model",
  "metrics",
  "forecast",
  "holidays",
  "prices",
];
const ID = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

/** Creates the page of two pipelines without a run. */
export function simulatedProject(): PageData {
  const node = (
    name: string,
    needs: readonly string[],
    inputs: readonly string[],
    outputs: readonly string[],
  ): StepView => ({
    key: name,
    label: name,
    needs,
    inputs: inputs.map((one) => ({ name: one, type: "pandas.CSVDataset" })),
    outputs: outputs.map((one) => ({ name: one })),
    facts: [["Function", `bikes.nodes:${name}`]],
    variables: [],
  });
  const all = [
    node("clean", [], ["rides"], ["clean_rides"]),
    node("join", ["clean"], ["clean_rides", "weather"], ["features"]),
    node("split", ["join"], ["features"], ["train", "test"]),
    node("fit", ["split"], ["train"], ["model"]),
    node("score", ["fit", "split"], ["model", "test"], ["metrics"]),
  ];
  const pipeline = (name: string, steps: readonly StepView[]) => ({
    name,
    inputs: ["rides", "weather"],
    outputs: ["metrics"],
    steps,
    graph: firstGraph(steps),
  });
  return {
    title: "bikes, pipelines",
    madeAt: STARTED,
    program: "kedro-azureml 0.1.0",
    view: {
      kind: "project",
      name: "Bikes",
      kedroVersion: "1.7.0",
      env: "local",
      pipelines: [pipeline("__default__", all), pipeline("training", all.slice(2))],
      catalog: [{
        name: "rides",
        type: "pandas.CSVDataset",
        path: "abfss://raw@store.dfs.core.windows.net/rides.csv",
      }],
      parameters: [["train", '{"rate":0.05}'], ["horizon", "7"]],
    },
  };
}

/** Creates the page of three runs that differ, with many steps. */
export function simulatedComparison(): PageData {
  const names = ["calm_lark_1b2c3d4e5f", "brave_otter_x7k2m9q4zp", "kind_heron_0a9b8c7d6e"];
  const long = JSON.stringify({ columns: Array.from({ length: 60 }, (_, at) => `feature_${at}`) });
  const view: CompareView = {
    kind: "compare",
    runs: names.map((name, at) => ({
      name,
      job: "train",
      status: ["Completed", "Failed", "Running"][at]!,
      experiment: "bikes",
      submittedAt: new Date(STARTED + at * 3_600_000).toISOString(),
      ...(at < 2 && { durationMs: 312_000 - at * 90_000 }),
      commit: at === 0
        ? "4f2c1de0a5b64c1e9d7f8a6b5c4d3e2f1a0b9c8d"
        : "9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d",
    })),
    changes: [
      { aspect: "parameter", name: "train.rate", steps: ["fit"], values: ["0.1", "0.05", "0.05"] },
      { aspect: "parameter", name: "features", steps: ["fit", "score"], values: [null, long, long] },
      {
        aspect: "environment",
        steps: ["fit", "score", "load"],
        values: ["kedro-env:11", "kedro-env:12", "kedro-env:12"],
      },
      { aspect: "display name", values: ["bikes", "bikes", "bikes, again"] },
    ],
    files: Array.from({ length: 23 }, (_, at) => `src/bikes/pipelines/part_${at}/nodes.py`),
    metrics: [
      { step: "score", metric: "mae", values: [1.73997710622711, 1.5, null] },
      { step: "score > fold 1", metric: "rmse", values: [2.25, "NaN", 2], change: -0.1111 },
      { step: "load", metric: "rows", values: [120_000, 120_000, 120_000], change: 0 },
    ],
    steps: ["load", "fit", "score"].map((node, at) => ({
      node,
      statuses: [
        "Completed",
        at === 1 ? "Failed" : at === 2 ? null : "Completed",
        at === 0 ? "Completed" : "Running",
      ],
      durationsMs: [4000 + at * 61_000, at === 2 ? null : 3000, at === 0 ? 2000 : null],
    })),
  };
  return { title: names.join(" and "), madeAt: STARTED, program: "kedro-azureml 0.1.0", view };
}

/** Creates the live list of a workspace's jobs. */
export function simulatedJobs(): PageData {
  const jobs = Array.from({ length: 40 }, (_, at): JobRow => ({
    name: `${["brave", "calm", "kind"][at % 3]}_otter_${at}x7k2m9q4zp`,
    status: ["Completed", "Failed", "Running", "Canceled", "Queued"][at % 5]!,
    displayName: at % 7 === 0 ? "Nightly training of the forecast of all stations, with weather" : "train",
    experiment: at % 2 === 0 ? "bikes" : "bikes-nightly",
    href: `/runs/otter_${at}`,
    createdAt: STARTED - at * 5_400_000,
    endedAt: at % 5 < 2 ? STARTED - at * 5_400_000 + 400_000 : undefined,
    createdBy: at % 3 === 0 ? "ada@example.org" : "ci",
    isMine: at % 3 === 0,
  }));
  const view = {
    kind: "jobs",
    workspace: "ws-bikes",
    jobs,
    isMore: true,
  } as const;
  return { title: "Jobs", madeAt: STARTED, program: "kedro-azureml 0.1.0", view };
}

/** Creates the list of a workspace's schedules. */
export function simulatedSchedules(): PageData {
  const schedules: SchedulesView["schedules"] = [
    {
      name: "nightly",
      displayName: "Nightly training",
      experiment: "bikes",
      when: "daily at 02:00, W. Europe Standard Time (cron 0 2 * * *)",
      isEnabled: true,
      nextAt: STARTED + 72_000_000,
    },
    {
      name: "weekly_report",
      experiment: "bikes",
      when: "every week on Monday at 06:30, UTC",
      isEnabled: false,
    },
  ];
  const view = { kind: "schedules", workspace: "ws-bikes", schedules } as const;
  return { title: "Schedules", madeAt: STARTED, program: "kedro-azureml 0.1.0", view };
}

/** Creates the page of a run with `count` steps, some of them failed, running or waiting. */
export function simulatedRun(count: number, { isOver = false } = {}): PageData {
  const steps = Array.from({ length: count }, (_, at) => stepOf(at));
  const components = new Map(
    steps.map(({ key, component }) => [`${ID}/components/${key}/versions/1`, component]),
  );
  const states = times(steps, isOver);
  const view = runView({
    properties: {
      jobType: "Pipeline",
      displayName: `bikes, ${count} steps`,
      experimentName: "bikes",
      description: "Trains the forecast of next week's rides.",
      computeId: `${ID}/computes/cpu-cluster`,
      tags: { "git.commit": "4f2c1de", "ci.actor": "ada" },
      outputs: { report: { jobOutputType: "uri_folder", assetName: "bikes-report" } },
      jobs: Object.fromEntries(steps.map(({ key, node }) => [key, node])),
    },
    componentOf: (id) => components.get(id),
  }, {
    name: "brave_otter_x7k2m9q4zp",
    status: isOver ? "Failed" : "Running",
    workspace: "ws-bikes",
    studioUrl: "https://ml.azure.com/runs/brave_otter_x7k2m9q4zp",
    createdAt: STARTED,
    startedAt: STARTED + 4000,
    endedAt: isOver ? STARTED + 60_000 * Math.sqrt(count) : undefined,
    failure: isOver
      ? {
        message: "Pipeline has failed child jobs. Failed nodes: /evaluate_metrics_5.",
        hint: "Run `kedro-azureml job logs --failed`",
      }
      : undefined,
    notices: [],
    compared: {
      runs: [{ name: "calm_lark_1b2c3d4e5f", status: "Completed", durationMs: 90_000 }, {
        name: "brave_otter_x7k2m9q4zp",
        status: "Failed",
      }],
      changes: [{ aspect: "display name", values: ["bikes", "bikes, again"] }],
      files: ["conf/base/parameters.yml", "src/bikes/nodes.py"],
      configuration: [{ file: "conf/base/parameters.yml", key: "train.rate", values: ["0.1", "0.05"] }],
      metrics: [{
        step: nameAt(4).replaceAll("_", "-"),
        metric: "loss",
        values: [0.25, 0.125],
        change: -0.5,
      }],
      steps: steps.map(({ key }, at) => ({
        node: key.replaceAll("_", "-"),
        statuses: ["Completed", "Completed"],
        durationsMs: [4000 + at, 5000],
      })),
    },
    steps: states,
  });
  return { title: "bikes", madeAt: STARTED + 70_000, program: "kedro-azureml 0.1.0", view };
}

function stepOf(at: number) {
  const key = `${VERBS[at % 9]}_${NOUNS[(at * 4 + Math.floor(at / 9)) % 9]}_${at}`;
  const needs = needsOf(at);
  const inputs = Object.fromEntries(
    needs.map((
      need,
    ) => [`data_${need}`, {
      job_input_type: "literal",
      value: `\${{parent.jobs.${nameAt(need)}.outputs.out}}`,
    }]),
  );
  return {
    key,
    needs,
    component: {
      command:
        `kedro azureml execute --pipeline __default__ --node ${key} --params='{"train": {"rate": 0.05}, "api_key": "hush"}'`,
      environment: `${ID}/environments/kedro-env/versions/12`,
      code: `${ID}/codes/bikes/versions/9f8e`,
      is_deterministic: true,
      inputs: Object.fromEntries(needs.map((need) => [`data_${need}`, { type: "uri_folder" }])),
      outputs: { out: { type: "uri_folder" } },
    },
    node: {
      name: key,
      display_name: key.replaceAll("_", "-"),
      componentId: `${ID}/components/${key}/versions/1`,
      computeId: `${ID}/computes/${at % 5 === 4 ? "gpu-cluster" : "cpu-cluster"}`,
      inputs,
      environment_variables: { REGION: "eu", API_TOKEN: "hush" },
      limits: { timeout: "PT1H", job_limits_type: "Command" },
    },
  };
}

/** Creates groups of nine steps with a diamond; a group's first step needs an earlier group. */
function needsOf(at: number): readonly number[] {
  const [group, place] = [Math.floor(at / 9), at % 9];
  const first = group * 9;
  if (place === 0) return group === 0 ? [] : [Math.floor((group - 1) / 3) * 9 + 8];
  const before: Readonly<Record<number, readonly number[]>> = {
    4: [1],
    5: [2, 4],
    6: [5],
    7: [5],
    8: [6, 7],
  };
  return (before[place] ?? [place < 3 ? 0 : 2]).map((one) => first + one);
}

function nameAt(at: number): string {
  return `${VERBS[at % 9]}_${NOUNS[(at * 4 + Math.floor(at / 9)) % 9]}_${at}`;
}

function times(
  steps: readonly { readonly key: string; readonly needs: readonly number[] }[],
  isOver: boolean,
) {
  const ends: number[] = [];
  const states: (StepProgress & { readonly key: string })[] = [];
  const failed = Math.floor(steps.length * 0.62);
  for (const [at, { key, needs }] of steps.entries()) {
    const queuedAt = Math.max(STARTED + 5000, ...needs.map((need) => ends[need]!));
    const startedAt = queuedAt + 700 + (at * 331) % 4000;
    const endedAt = startedAt + 2000 + (at * 2711) % 15_000;
    ends.push(endedAt);
    const logs = [{ name: "user_logs/std_log.txt", text: logOf(key, at) }];
    if (at === failed) {
      const failure = {
        message: "Execution failed. User process 'bash' exited with status code 1.",
        exception: "ValueError: Input X contains NaN.\nRandomForestRegressor does not accept missing values.",
        hint: "Fill missing values before the model is trained: `rides.fillna(0)`",
      };
      states.push({ key, status: "Failed", run: `run-${at}`, queuedAt, startedAt, endedAt, logs, failure });
    } else if (at < failed + 1 || (at < failed + 3 && isOver)) {
      states.push({
        key,
        status: "Completed",
        run: `run-${at}`,
        queuedAt,
        startedAt,
        endedAt,
        logs,
        places: { out: `azureml://datastores/workspaceblobstore/paths/azureml/run-${at}/out/` },
        usage: { peakBytes: 180_000_000 + at * 3_111_111, cpuMs: 1900 + at * 271 },
        ...(at % 9 === 4 && {
          tracked: [
            {
              metrics: [
                {
                  name: "loss",
                  value: 0.125,
                  count: 200,
                  min: 0.125,
                  max: 2,
                  curve: Array.from({ length: 200 }, (_, at) => at % 2 === 0 ? at / 2 : 2 / (at + 1)),
                },
                { name: "mae", value: 1.73997710622711 },
                { name: "worst", value: "Infinity" },
              ],
              params: [["n_estimators", "200"], ["random_state", "7"]] as const,
            },
            { nested: "fold 1", metrics: [{ name: "mae", value: 1.9 }], params: [] },
          ],
        }),
        ...(at % 9 === 2 && {
          tracked: [{
            metrics: [],
            params: [],
            files: [
              { path: "rides.csv", sizeBytes: 48_000, isCut: true, text: CSV },
              { path: "plot.png", sizeBytes: 95, data: PIXELS },
            ],
          }],
        }),
      });
    } else if (at === failed + 1) {
      states.push({ key, status: "Running", run: `run-${at}`, queuedAt, startedAt: STARTED + 50_000, logs });
    } else if (at === failed + 2) states.push({ key, status: "Queued", queuedAt });
    else states.push({ key, ...(isOver && { status: "Canceled" }) });
  }
  return states;
}

const CSV = 'station,hour,"rides, all"\n' +
  Array.from({ length: 20 }, (_, at) => `Bern,${at},${at * 7 % 23}\n`).join("");
const PIXELS =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC";

function logOf(key: string, at: number): string {
  const lines = [
    `[01/31/26 06:00:${String(at % 60).padStart(2, "0")}] \x1b[34mINFO\x1b[0m     Kedro project bikes`,
    `                    \x1b[34mINFO\x1b[0m     Running node: \x1b[1m${key}\x1b[0m`,
    `                    \x1b[33mWARNING\x1b[0m  3 rows have no station`,
    `  0%|          | 0/100\r 50%|#####     | 50/100\r100%|##########| 100/100`,
    `                    \x1b[32mINFO\x1b[0m     Completed 1 out of 1 tasks`,
  ];
  return lines.join("\n") + "\n";
}
