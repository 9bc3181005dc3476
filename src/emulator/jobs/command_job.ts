import type { CommandJob } from "../check/job_shapes.ts";
import { completedInput, mapped, UNSET } from "./job_with_defaults.ts";

type Properties = Readonly<Record<string, unknown>>;

/** The api-version that azure-ai-ml submits command jobs with; it has other properties than those before it. */
const NEWER = "2025-01-01-preview";

/** A command job's properties as Azure ML returns them, which depends on the api-version. */
export function completedCommand(job: CommandJob, name: string, apiVersion: string): Properties {
  const isNewer = apiVersion >= NEWER;
  const { inputs, outputs, properties, resources, queueSettings, ...sent } = job;
  return {
    ...UNSET,
    ...(isNewer ? { parentJobName: null } : { secretsConfiguration: null, autologgerSettings: null }),
    codeId: null,
    distribution: null,
    limits: null,
    environmentVariables: {},
    ...sent,
    properties: { ...properties, ...computeProperties(sent.computeId) },
    parameters: {},
    resources: completedResources(resources, isNewer),
    queueSettings: {
      jobTier: "Null",
      ...(!isNewer && { priority: null }),
      ...queueSettings,
    },
    inputs: mapped(inputs ?? {}, (input) => completedInput(input, isNewer)),
    outputs: {
      ...mapped(outputs ?? {}, (output) => ({ ...nothingOf(isNewer), uri: null, ...output })),
      default: {
        ...nothingOf(isNewer),
        uri: `azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.${name}`,
        jobOutputType: "uri_folder",
      },
    },
  };
}

function computeProperties(computeId: string | null | undefined): Properties {
  return {
    "_azureml.ComputeTargetType": "amlctrain",
    "_azureml.ClusterName": computeId?.split("/").at(-1) ?? null,
  };
}

function completedResources(resources: Properties | null | undefined, isNewer: boolean): Properties {
  return {
    instanceCount: 1,
    instanceType: null,
    properties: null,
    shmSize: "2g",
    dockerArgs: null,
    ...(isNewer ? { dockerArgsList: null } : { maxInstanceCount: null, locations: null }),
    ...resources,
  };
}

function nothingOf(isNewer: boolean): Properties {
  return {
    description: null,
    assetName: null,
    mode: "ReadWriteMount",
    ...(!isNewer && { assetVersion: null, pathOnCompute: null, autoDeleteSetting: null }),
  };
}
