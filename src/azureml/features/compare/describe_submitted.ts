import { componentIds, type DescribedJob, describeJob } from "./describe.ts";
import type { JobBody } from "../../job/write/job_body.ts";
import { requestLimit } from "../../service/client/limits.ts";
import type { Workspace } from "../../service/client/workspace.ts";

/** A job that is ready to be sent. */
export interface PreparedJob {
  readonly body: JobBody;
  /** `componentSpec` by component id. */
  readonly components: ComponentSpecs;
}

/** `componentSpec` by component id. */
export type ComponentSpecs = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Describes a job that is to be sent. */
export function describePrepared({ body, components }: PreparedJob): DescribedJob {
  return describeJob(body, (id) => components.get(id));
}

/**
 * Describes a job in Azure ML; reads its components, except for those already known.
 *
 * @throws {UserError} `azure.*` when a component cannot be read.
 */
export async function describeSubmitted(
  workspace: Workspace,
  body: JobBody,
  known: ComponentSpecs,
): Promise<DescribedJob> {
  const specs = new Map([...known].map(([id, spec]) => [id.toLowerCase(), spec]));
  const missing = componentIds(body).filter((id) => !specs.has(id.toLowerCase()));
  for (const [id, spec] of await readAll(workspace, missing)) specs.set(id.toLowerCase(), spec);
  return describeJob(body, (id) => specs.get(id.toLowerCase()));
}

/** Reads the components of a job in Azure ML. @throws {UserError} `azure.*`. */
export async function readComponents(workspace: Workspace, body: JobBody): Promise<ComponentSpecs> {
  return await readAll(workspace, componentIds(body));
}

async function readAll(workspace: Workspace, ids: readonly string[]): Promise<ComponentSpecs> {
  const limit = requestLimit(workspace);
  const components = await Promise.all(ids.map((id) => limit(() => readComponent(workspace, id))));
  return new Map(
    ids.flatMap((id, at) => components[at] === undefined ? [] : [[id, components[at]] as const]),
  );
}

async function readComponent(workspace: Workspace, id: string) {
  const path = /\/workspaces\/[^/]+\/(components\/[^/]+\/versions\/[^/]+)$/i.exec(id)?.[1];
  if (path === undefined) return undefined;
  const component = await workspace.find<{ properties: { componentSpec?: Record<string, unknown> } }>({
    action: `read ${path.replace("components/", "component ").replace("/versions/", ":")}`,
    method: "GET",
    path,
  });
  return component?.properties.componentSpec;
}
