import { parse } from "yaml";
import { type EmulatedWorkspace, studioId } from "./world.ts";

type Properties = Readonly<Record<string, unknown>>;

/** The properties of an environment version as Azure ML completes them. */
export function environmentProperties(sent: Properties): Properties {
  const isAnonymous = sent.isAnonymous === true;
  return {
    description: null,
    tags: {},
    isArchived: false,
    isAnonymous,
    autoDeleteSetting: null,
    environmentType: "UserCreated",
    condaFile: "",
    osType: "Linux",
    autoRebuild: "Disabled",
    stage: isAnonymous ? "Logged" : "Development",
    intellectualProperty: null,
    ...withoutNull(sent),
    ...(sent.condaFile ? { condaFile: asJson(String(sent.condaFile)) } : {}),
    properties: { "azureml.labels": "", ...sent.properties as object | null },
    provisioningState: "Succeeded",
  };
}

/** A Conda file as Azure ML returns it: the same in JSON. */
function asJson(yaml: string): string {
  return JSON.stringify(parse(yaml, { logLevel: "silent" }), null, 2);
}

/** The properties of a curated environment, which has no image of its own. */
export const CURATED_PROPERTIES: Properties = {
  ...environmentProperties({ description: "A curated environment of Azure ML." }),
  environmentType: "Curated",
  autoRebuild: "OnBaseImageUpdate",
};

/** The properties of a data version as Azure ML completes them: a short URI becomes a long one. */
export function dataProperties(workspace: EmulatedWorkspace, { dataUri, ...given }: Properties): Properties {
  const short = /^azureml:\/\/(datastores\/.+)$/.exec(String(dataUri))?.[1];
  return {
    description: null,
    tags: {},
    properties: {},
    isArchived: false,
    isAnonymous: false,
    stage: null,
    intellectualProperty: null,
    autoDeleteSetting: null,
    ...withoutNull(given),
    dataUri: short === undefined
      ? dataUri
      : `azureml:/${studioId(workspace)}/${asFolder(short, given.dataType)}`,
  };
}

/** Azure ML ends the path of a folder in a datastore with a slash. */
function asFolder(path: string, dataType: unknown): string {
  return dataType === "uri_file" || path.endsWith("/") ? path : `${path}/`;
}

function withoutNull(values: Properties): Properties {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}
