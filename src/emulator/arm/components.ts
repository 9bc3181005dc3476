import { textHash } from "../../core/encoding.ts";
import { isFields } from "../../core/json.ts";
import { ANONYMOUS } from "../../core/azure_limits.ts";
import { compareText } from "../../core/text_match.ts";
import { badRequest, checkBody, jsonAnswer, notFound } from "../http/refusal.ts";
import { answerPage, type Route, route, type WorkspaceCall } from "../http/routes.ts";
import {
  changedNow,
  type EmulatedWorkspace,
  findResource,
  putResource,
  type Resource,
  systemData,
} from "../state/world.ts";
import { containerRoutes, isInView, versionsOf } from "./crud.ts";
import { requireCode, requireEnvironment } from "./references.ts";
import { type ComponentSpec, shapes } from "./shapes.ts";

export const componentRoutes: readonly Route[] = [
  ...containerRoutes({
    path: "components",
    noun: "Component",
    container: (call, _, isArchived) => ({
      description: "",
      tags: {},
      properties: {},
      isArchived,
      latestVersion: null,
      nextVersion: nextVersion(call),
      provisioningState: "Succeeded",
    }),
  }),
  route("GET components/{name}/versions", listVersions),
  route("GET components/{name}/versions/{version}", read),
  route("PUT components/{name}/versions/{version}", write),
];

function listVersions(call: WorkspaceCall): Response {
  return answerPage(call, versionsOf(call, "components").filter(isInView(call)).toReversed());
}

/** A version name that is not taken; like Azure ML, it is made from the time. */
function nextVersion({ world }: WorkspaceCall): string {
  return world.clock.now().toISOString().replace("Z", "0000").replace(/\D/g, "-");
}

function read(call: WorkspaceCall): Response {
  const { name, version } = call.names;
  if (version === DEFAULT_LABEL) return jsonAnswer(defaultVersion(call));
  const component = findResource(call.world, `${call.workspace.id}/components/${name}/versions/${version}`);
  if (component === undefined) throw notFound(`Component ${name}:${version}`);
  return jsonAnswer(component);
}

/** The version name that means the newest version. */
const DEFAULT_LABEL = "azureml_default";

function defaultVersion(call: WorkspaceCall): Resource {
  const { name } = call.names;
  const newest = versionsOf(call, "components").at(-1);
  if (newest === undefined) throw notFound(`Component ${name}`);
  return { ...newest, id: `${call.workspace.id}/components/${name}/labels/default` };
}

/** Registers a component. Equal anonymous ones share an id, whatever version the request has. */
function write(call: WorkspaceCall): Response {
  const { world, workspace, names } = call;
  const { properties } = checkBody(shapes.component, call.body);
  requireEnvironment(call, properties.componentSpec.environment);
  if (properties.componentSpec.code) requireCode(call, properties.componentSpec.code);
  const isAnonymous = names.name === ANONYMOUS;
  const called = isAnonymous ? {} : { name: names.name!, version: names.version! };
  const componentSpec = completedSpec({ ...properties.componentSpec, ...called });
  const version = isAnonymous ? anonymousVersion(workspace, componentSpec) : names.version!;
  const id = `${workspace.id}/components/${names.name}/versions/${version}`;
  const existing = findResource(world, id);
  if (existing !== undefined) requireUnchanged(names.name!, existing, componentSpec);
  if (existing !== undefined && !isAnonymous) return jsonAnswer(changed(call, existing, componentSpec));
  const resource = existing ?? putResource(world, {
    id,
    name: version,
    type: "Microsoft.MachineLearningServices/workspaces/components/versions",
    properties: {
      description: null,
      tags: properties.tags ?? {},
      properties: properties.properties ?? {},
      isArchived: false,
      isAnonymous,
      autoDeleteSetting: null,
      componentSpec,
      provisioningState: "Succeeded",
      stage: "Development",
    },
    systemData: systemData(world),
  });
  return jsonAnswer(resource, 201, { location: call.request.url });
}

function changed({ world, body }: WorkspaceCall, before: Resource, componentSpec: CompletedSpec): Resource {
  const { properties } = checkBody(shapes.component, body);
  return putResource(world, {
    ...before,
    properties: {
      ...before.properties,
      tags: properties.tags ?? {},
      properties: properties.properties ?? {},
      isArchived: properties.isArchived ?? false,
      componentSpec,
    },
    systemData: changedNow(world, before.systemData),
  });
}

function requireUnchanged(name: string, { properties }: Resource, spec: CompletedSpec): void {
  const field = changedField(properties.componentSpec as CompletedSpec, spec);
  if (field === undefined) return;
  throw badRequest(
    `Failed to update component ${name} since field "${field}" is immutable, try specifying a new version.`,
    { inner: ["BadArgument", "ArgumentInvalid", "UpdateComponentFailed"] },
  );
}

const DISTRIBUTIONS = { pytorch: "Pytorch", tensorflow: "TensorFlow", mpi: "Mpi" } as const;
/** The version that `@latest` of an environment in a registry stands for. */
const CURATED_LATEST = "36";

type CompletedSpec = Readonly<Record<string, unknown>>;

/**
 * Completes a specification as Azure ML does: without its source, with an instance count, numbers and booleans as text,
 * and environments of registries by the id of a version. The instance type is dropped.
 */
function completedSpec({ _source, id: _id, ...spec }: ComponentSpec): CompletedSpec {
  const { instance_count: count, instance_type: _type, ...resources } = spec.resources ?? {};
  const inputs = Object.entries(spec.inputs ?? {}).map(([name, input]) => {
    const optional = String(input.optional ?? false).toLowerCase() === "true";
    return [name, texts({ ...input, optional })] as const;
  });
  const { distribution } = spec;
  return texts({
    ...spec,
    is_deterministic: spec.is_deterministic ?? true,
    inputs: inputs.length === 0 ? undefined : Object.fromEntries(inputs),
    environment: registryId(spec.environment),
    resources: texts({ instance_count: count ?? 1, ...resources }),
    distribution: distribution && texts({ ...distribution, type: DISTRIBUTIONS[distribution.type] }),
  });
}

/** The version that Azure ML gives an anonymous component: one for each specification, its name included. */
function anonymousVersion({ id }: EmulatedWorkspace, spec: CompletedSpec): string {
  const hash = textHash(`${id.toLowerCase()} ${canonical(spec)}`, 32);
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
}

const CHANGEABLE = ["display_name", "description", "tags", "properties"];

/** A field that may not change and differs between two specifications; `undefined` if there is none. */
function changedField(before: CompletedSpec, after: CompletedSpec): string | undefined {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].find((name) =>
    !CHANGEABLE.includes(name) && canonical(before[name]) !== canonical(after[name])
  );
}

/** The id of a curated environment, or of one that a registry has under a label. */
function registryId(reference: string): string {
  const [, name, version = CURATED_LATEST] =
    /^azureml:(AzureML-[\w.-]+)(?::([\w.-]+)|@latest)?$/.exec(reference) ??
      [];
  return name === undefined
    ? reference.replace(/^(azureml:\/\/registries\/.+)\/labels\/[^/]+$/, `$1/versions/${CURATED_LATEST}`)
    : `azureml://registries/azureml/environments/${name}/versions/${version}`;
}

/** Drops what is not set, and writes numbers and booleans as text, the latter as in Python. */
function texts(values: Readonly<Record<string, unknown>>): CompletedSpec {
  const textOf = (value: unknown) =>
    typeof value === "boolean" ? value ? "True" : "False" : typeof value === "number" ? String(value) : value;
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, textOf(value)]),
  );
}

function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, child) =>
      isFields(child)
        ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => compareText(a, b)))
        : child,
  ) ?? "undefined";
}
