import { deepEqual } from "node:assert/strict";
import { stepEnvironment, type StepPlace } from "../../../src/emulator/runner/step_variables.ts";

const WORKSPACE = {
  id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w",
  subscription: "s",
  resourceGroup: "g",
  name: "w",
  workspaceId: "guid",
};
const PLACE = {
  job: { name: "j1", experimentName: "bikes", workspace: WORKSPACE },
  runId: "run-1",
  folder: "/work/one",
  bin: "/venv/bin",
  tracking: { uri: "sqlite:////work/mlflow.db", experimentId: "7" },
} as unknown as StepPlace;

Deno.test("a step has the environment variables of Azure ML and MLflow", () => {
  const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const env = stepEnvironment(PLACE, { inputs: { rate: "0.1" }, outputs: { out: "/work/out" } });
  const expected = {
    PATH: `/venv/bin:${path}`,
    HOME: "/work/one/home",
    TMPDIR: "/work/one/tmp",
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
    DO_NOT_TRACK: "1",
    AZUREML_RUN_ID: "run-1",
    AZUREML_ROOT_RUN_ID: "j1",
    AZUREML_ARM_SUBSCRIPTION: "s",
    AZUREML_ARM_RESOURCEGROUP: "g",
    AZUREML_ARM_WORKSPACE_NAME: "w",
    AZUREML_ARM_PROJECT_NAME: "bikes",
    AZUREML_WORKSPACE_ID: "guid",
    AZUREML_WORKSPACE_SCOPE: WORKSPACE.id,
    AZUREML_EXPERIMENT_SCOPE: `${WORKSPACE.id}/experiments/bikes`,
    MLFLOW_TRACKING_URI: "sqlite:////work/mlflow.db",
    MLFLOW_RUN_ID: "run-1",
    MLFLOW_EXPERIMENT_ID: "7",
    MLFLOW_EXPERIMENT_NAME: "bikes",
    AZUREML_PARAMETER_rate: "0.1",
    AZUREML_PARAMETER_out: "/work/out",
  };
  deepEqual(env, expected);
  const bare = stepEnvironment({ ...PLACE, bin: undefined, tracking: undefined }, {
    inputs: {},
    outputs: {},
  });
  deepEqual(
    bare,
    Object.fromEntries(
      Object.entries({ ...expected, PATH: path }).filter(([name]) =>
        !/^(?:MLFLOW|AZUREML_PARAMETER)_/.test(name)
      ),
    ),
  );
});
