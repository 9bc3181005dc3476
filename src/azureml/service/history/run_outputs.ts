import { type Fields, fields } from "../../../core/fields.ts";
import { requestLimit } from "../client/limits.ts";
import { askService, hasField } from "../client/read_json.ts";
import type { Workspace } from "../client/workspace.ts";

/** A named output of a run. */
export interface RunOutput {
  readonly name: string;
  /** Datastore URI, such as `azureml://datastores/workspaceblobstore/paths/azureml/…/`; `undefined` for a model. */
  readonly uri: string | undefined;
  /** Name and version of its data asset, such as `rides:3`; `undefined` for an anonymous one. */
  readonly asset: string | undefined;
}

/** Assets to locate with one request. */
const ASSETS_AT_ONCE = 100;

/** The names and asset ids of a run's outputs, and which are models, which another service resolves. */
async function assetsOf(workspace: Workspace, api: string, run: string): Promise<readonly OutputAsset[]> {
  const { runMetadata } = await askService<Fields>(workspace, {
    action: `find the outputs of run "${run}"`,
    url: `${api}/history/v1.0${workspace.id}/rundata`,
    body: { runId: run, selectRunMetadata: true },
    isExpected: hasField("runMetadata"),
  });
  return Object.entries(fields(fields(runMetadata).outputs)).flatMap(([name, output]) => {
    const { assetId, type } = fields(output);
    return typeof assetId === "string" ? [{ name, id: assetId, isModel: MODELS.test(String(type)) }] : [];
  });
}

/** The locations of assets, in one request for many. */
async function resolve(
  workspace: Workspace,
  api: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const url = `${api}/data/v1.0${workspace.id}/dataversion/batchGetResolvedUris`;
  const parts = Array.from(
    { length: Math.ceil(ids.length / ASSETS_AT_ONCE) },
    (_, at) => ids.slice(at * ASSETS_AT_ONCE, (at + 1) * ASSETS_AT_ONCE),
  );
  const query = { action: "find the outputs of runs", url, isExpected: hasField("values") };
  const answers = await Promise.all(
    parts.map((values) => askService<Fields>(workspace, { ...query, body: { values } })),
  );
  return new Map(answers.flatMap(({ values }) => Object.entries(fields(values))));
}

/** The named outputs of runs that Azure can locate, with few requests. @param api Base URL of the services. */
export async function readRunOutputs(
  workspace: Workspace,
  api: string,
  runs: readonly string[],
): Promise<ReadonlyMap<string, readonly RunOutput[]>> {
  const limit = requestLimit(workspace);
  const assets = await Promise.all(
    runs.map((run) => limit(async () => [run, await assetsOf(workspace, api, run)] as const)),
  );
  const data = assets.flatMap(([, found]) => found.filter(({ isModel }) => !isModel));
  const places = await resolve(workspace, api, [...new Set(data.map(({ id }) => id))]);
  return new Map(assets.map(([run, found]) => [
    run,
    found.flatMap(({ name, id, isModel }): RunOutput[] => {
      const { uri } = fields(places.get(id));
      const asset = assetNamed(id);
      if (isModel) return [{ name, uri: undefined, asset }];
      return typeof uri === "string" ? [{ name, uri, asset }] : [];
    }),
  ]));
}

/** An output as a data asset or a model. */
interface OutputAsset {
  readonly name: string;
  readonly id: string;
  readonly isModel: boolean;
}

/** Types of models among the types of outputs, as in azure-ai-ml 1.35. */
const MODELS = /Model$/;

/** Name and version of a registered asset. Azure also registers unnamed outputs, under a name derived from the run. */
function assetNamed(id: string): string | undefined {
  const [, name, version] = /\/(?:data|models)\/([^/]+)\/versions\/([^/]+)$/.exec(id) ?? [];
  return name === undefined || name.startsWith("azureml_") ? undefined : `${name}:${version}`;
}
