import { type Route, route, type WorkspaceCall } from "../world/call.ts";
import { requireCode, requireEnvironment } from "../check/references.ts";
import { answerPage } from "../world/paging.ts";
import { badRequest, jsonAnswer, notFound } from "../world/refusal.ts";
import { checkBody } from "../check/check_shape.ts";
import { shapes } from "../check/shapes.ts";
import { changedNow, findResource, putResource, type Resource, systemData } from "../world/world.ts";
import {
  archiveRoute,
  assetNames,
  findVersion,
  isArchivedContainer,
  isInView,
  versionsOf,
} from "./versions.ts";
import { anonymousVersion, changedField, type CompletedSpec, completedSpec } from "./component_spec.ts";

/** The name of components that a list does not show, such as those of job steps. */
const ANONYMOUS = "azureml_anonymous";

/** Routes of components, which are immutable. */
export const componentRoutes: readonly Route[] = [
  route("GET components", "components/read", list),
  route("GET components/{name}/versions", "components/versions/read", listVersions),
  route("GET components/{name}", "components/read", (call) => jsonAnswer(container(call))),
  archiveRoute("components", container),
  route("GET components/{name}/versions/{version}", "components/versions/read", read),
  route("PUT components/{name}/versions/{version}", "components/versions/write", write),
];

/** Lists components by name; anonymous components, such as those of job steps, are not listed. */
function list(call: WorkspaceCall): Response {
  const names = assetNames(call, "components").filter((name) => name !== ANONYMOUS);
  const containers = names.map((name) => container({ ...call, names: { name } }));
  return answerPage(call, containers.filter(isInView(call)));
}

/** A component without a version, as Azure ML lists it; its versions are below it. */
function container(call: WorkspaceCall): Resource {
  const { name } = call.names;
  const id = `${call.workspace.id}/components/${name}`;
  const latest = versionsOf(call, "components").at(-1);
  if (latest === undefined) throw notFound(`Component ${name}`);
  return {
    id,
    name: name!,
    type: "Microsoft.MachineLearningServices/workspaces/components",
    properties: {
      description: "",
      tags: {},
      properties: {},
      isArchived: isArchivedContainer(call.world, id),
      latestVersion: null,
      nextVersion: nextVersion(call),
      provisioningState: "Succeeded",
    },
    systemData: latest.systemData,
  };
}

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
  const component = findVersion(call, "components");
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

/** Changes what may change of a component. */
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
