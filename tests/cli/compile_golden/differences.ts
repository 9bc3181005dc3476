/** The parts of a compiled job that the differences touch. */
interface Step {
  compute: string;
  environment: unknown;
  inputs: Record<string, unknown>;
  resources: { instance_count: number };
  distribution: Record<string, unknown>;
  component: Step & { command: string; inputs: Record<string, { type: string }>; environment: unknown };
}

/** A compiled job. */
interface Job {
  jobs: Record<string, Step>;
  outputs: Record<string, unknown>;
}

/** Corrects what the plugin wrote; throws if `actual` differs from that too. */
type Change = (expected: Job, actual: Job) => void;

/**
 * Corrects what the plugin wrote where the plugin is wrong and we are right; nothing else may differ.
 */
export const DIFFERENT: Record<string, Change> = {
  "assetlab/assets": (job) => inputPath(job, "raw_file", "azureml:raw-file-asset:3"),
  "disttrain/job_params": (job) => instances(job, "torch_params", 50),
  "dockerflow/main__env_image_localhost": (job) =>
    image(job, "localhost:5000/kedro:1", "c2cd9f1c9a26afe4a7fcd74df76a9776d30f432fa5e6db9d9c6be0810d471132"),
  "dockerflow/main__env_image_short": (job) =>
    image(job, "library/python:3.11", "7e5c37a69aa20f8147bc96799b7287df626631ae609ce92c308c7469e2732078"),
  "oddities/transcoded": (job) => {
    job.jobs.read_pandas!.inputs.table_pandas = { path: "${{parent.jobs.write_spark.outputs.table_spark}}" };
  },
  "oddities/unnamed_partial": (job) => command(job, "partial_merge_14b5e667", quotedNode),
  "oddities/unnamed_wrapped": (job) => command(job, "partial_merge_14b5e667", quotedNode),
  "paramlab/with_params": (job) => everyCommand(job, (text) => text.replace(`it's`, `it'\\''s`)),
  "paramlab/with_params__params-merge": (job) =>
    everyCommand(job, (text) => text.replace(`it's`, `it'\\''s`)),
  "spaceflights/compute_key": (job) => compute(job, "gpu-cluster"),
  "spaceflights/on_staging": (job) => compute(job, "gpu-cluster"),
};

/** Cases with separate tests, and why. */
export const ELSEWHERE: Record<string, string> = {
  "assetlab/assets__lv-short": "a version of a dataset that is no data asset was ignored there",
  "oddities/collide_inputs": "two inputs became one there",
  "oddities/collide_outputs": "two outputs became one there",
  "oddities/collide_keys": "two steps of four are lost there",
  "paramlab/plain__env-escaped_expression": "an expression went through into the command there",
  "paramlab/plain__envvars": "KEDRO_ENV was replaced there, and no longer the environment of the command",
};

function inputPath(job: Job, input: string, path: string): void {
  for (const { inputs } of Object.values(job.jobs)) {
    if (inputs[input] !== undefined) inputs[input] = { ...inputs[input] as object, path };
  }
}

function instances(job: Job, step: string, count: number): void {
  job.jobs[step]!.resources.instance_count = count;
  job.jobs[step]!.component.resources.instance_count = count;
}

function image(job: Job, name: string, version: string): void {
  for (const step of Object.values(job.jobs)) {
    step.environment = { name: "CliV2AnonymousEnvironment", version, image: name };
    step.component.environment = step.environment;
  }
}

/** Sets the cluster of steps without a compute tag to that of the job. */
function compute(job: Job, cluster: string): void {
  for (const step of Object.values(job.jobs)) {
    if (step.compute === "azureml:cpu-cluster") step.compute = `azureml:${cluster}`;
  }
}

function quotedNode(text: string): string {
  return text.replace("--node=partial(merge)__14b5e667", "--node='partial(merge)__14b5e667'");
}

function command(job: Job, step: string, change: (text: string) => string): void {
  const { component } = job.jobs[step]!;
  component.command = change(component.command);
}

function everyCommand(job: Job, change: (text: string) => string): void {
  for (const step of Object.keys(job.jobs)) command(job, step, change);
}
