import { type KnownFailure, THEN_PUSH } from "./failure.ts";

/** What MLflow says in the logs of failed steps, and what to do; the first match is used. */
export const MLFLOW_FAILURES: readonly KnownFailure[] = [
  {
    is: /unsupported URI 'azureml:/,
    read: "https://github.com/Lightning-AI/pytorch-lightning/issues/6564",
    advice:
      `MLflow needs a plugin to log to Azure ML; add \`azureml-mlflow>=1.62\` to environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /azureml_artifacts_builder\(\) (?:got an unexpected keyword argument|takes )/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/43661",
    advice:
      `This azureml-mlflow is too old for MLflow 3; require \`azureml-mlflow>=1.62\` in environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /mlflow\/logged-models failed with error code 404/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/44896",
    advice:
      `Azure ML does not have the models that MLflow 3 logs; require \`mlflow<3\` in environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /\bazureml\/mlflow\/[^]{0,300}__init__\(\) takes \d+ positional/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/44365",
    advice:
      "This azureml-mlflow is for MLflow 3, and the environment has an older one; require `azureml-mlflow<1.61` in " +
      `environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is:
      /is over the size limit\.[^\n]{0,200}?Limit=(\d+), Size=(\d+)|had length (\d+), which exceeded length limit of (\d+)/,
    read: "https://learn.microsoft.com/azure/machine-learning/resource-limits-capacity",
    advice: (_, { 3: length, 4: most, 1: limit = most, 2: size = length }, said) => {
      const field = /\bFieldName=([\w./]+)/.exec(said)?.[1] ?? "";
      const what = field.toLowerCase();
      if (field.endsWith("/Count")) {
        return `Azure ML takes at most ${limit} values of a metric at once, not ${size}; log them in several calls`;
      }
      if (/\bField \w+ is over/.test(said)) {
        return `Azure ML takes at most ${limit} ${what} in one request of MLflow, not ${size}; log them in several calls, or ` +
          "fewer of them";
      }
      return length !== undefined || field.includes(".")
        ? `A value that the step logs is too long for Azure ML (${size}, at most ${limit}); write it to a file or dataset`
        : `Azure ML keeps at most ${limit} ${what} of a run, not ${size}; log fewer of them, and the rest as a file with ` +
          "`mlflow.log_dict()`";
    },
  },
  {
    is: /\b(Artifact) batch size exceeded the limit of (\d+)|can contain at most (\d+) (\w+)\. Got/,
    read: "https://github.com/ultralytics/ultralytics/issues/3223",
    advice: (_, { 1: kind, 2: one, 3: other = one, 4: what = kind }) =>
      `One request of MLflow takes at most ${other} ${what}; log them in several calls`,
  },
  {
    is: /Metric Document is too large, (\w+) is larger than the max metric size (\w+)/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1013",
    advice: (_, { 1: size, 2: limit }) =>
      `Azure ML takes metrics of at most ${limit}, not ${size}; log the values one by one, or write them to a dataset`,
  },
  {
    is:
      /\/mlflow\/[^]{0,400}(?:\b429\b|Too Many Requests)|(?:\b429\b|Too Many Requests)[^]{0,200}\/mlflow\//i,
    read: "https://github.com/mlflow/mlflow/issues/11462",
    advice: "Azure ML limits requests of MLflow; log metrics less often, or several at once with " +
      "`mlflow.log_metrics()`",
  },
  {
    is: /RESOURCE_DOES_NOT_EXIST: Run with id=\S+ not found/,
    read: "https://github.com/zenml-io/zenml/issues/4207",
    advice:
      "MLflow looked for a run that is not in this workspace; remove MLFLOW_RUN_ID and MLFLOW_TRACKING_URI from the " +
      "environment, from `--env-var` and from mlflow.yml, because Azure ML sets both",
  },
  {
    is: /because active (?:run|experiment) ID does not match environment run ID/,
    read: "https://github.com/mlflow/mlflow/issues/2227",
    advice:
      "The code selects an MLflow experiment other than the job's, in which Azure ML has started the run; remove " +
      "`mlflow.set_experiment()`, or with kedro-mlflow, set `tracking.experiment.name` in mlflow.yml to the " +
      "`experiment_name` of the job",
  },
  {
    is: /Run with UUID \S+ is already active/,
    read: "https://github.com/mlflow/mlflow/issues/7680",
    advice:
      "The step has an active run of MLflow, which the first call that logs starts, or kedro-mlflow; log without " +
      "`mlflow.start_run()`, or call `mlflow.start_run(nested=True)`",
  },
  {
    is:
      /Changing param values is not allowed(?:[^\n]*?Param with key='([^']+)')?|A given key of Parameters can not modify its value|Parameter with key (\S+) was already logged/,
    read: "https://github.com/ultralytics/ultralytics/issues/10208",
    advice: (_, { 1: one, 2: other }) =>
      `The step logs ${
        one ?? other ? `the parameter "${one ?? other}"` : "a parameter"
      } to MLflow twice with different values, which a run does not allow; log the second under another name, or in a ` +
      "nested run",
  },
  {
    is: /Resource Conflict: ArtifactId ExperimentRun\/\S+/,
    read: "https://github.com/lightly-ai/lightly-train/issues/256",
    advice:
      "The step logs a file to MLflow that its run has already, and Azure ML does not overwrite it; log it once, or under " +
      "another name",
  },
  {
    is: /\.api\.azureml\.ms\b[^\n]*Read timed out/,
    read: "https://github.com/mlflow/mlflow/issues/8444",
    advice:
      "Azure ML did not answer MLflow in time; rerun the job with `--from-failed`. If it happens again, check that the " +
      "compute's network reaches that host",
  },
];
