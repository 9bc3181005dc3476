import { hasBlobRole, principalOf } from "../../azureml/service/access/storage_role.ts";
import {
  azLine,
  BLOB_ROLE,
  ENVIRONMENT_FILE,
  environmentLine,
  identityLine,
  principalLine,
  roleCommand,
  workspaceOptions,
} from "../../azureml/service/refusals/az_commands.ts";
import { computeLine } from "../../azureml/service/assets/create.ts";
import { parseEnvironment } from "../../azureml/job/compile/environment_ref.ts";
import { computesOf } from "../../azureml/service/assets/lookups.ts";
import { nextVersion } from "../../azureml/service/assets/versions.ts";
import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";
import { typedPath } from "../project/output_files.ts";
import { changedPart, readDefinition } from "./environment_file.ts";
import { planDataAssets } from "./plan_data.ts";
import { exists, type PlanInput, type PlanPart, type SetupPlan } from "./plan_item.ts";

/**
 * Finds out what jobs need and a workspace does not have. Reads only.
 *
 * @throws {UserError} `azure.*`, `network.*`, `auth.*`, `environment.definition`.
 */
export async function planSetup(ctx: AppContext, input: PlanInput): Promise<SetupPlan> {
  const parts = await Promise.all([
    planComputes(input),
    planRoles(input),
    planEnvironment(ctx, input),
    planDataAssets(ctx, input),
  ]);
  return { workspace: input.workspace, location: input.location, ...joined(parts) };
}

async function planComputes(
  { specs, lookups, workspace, cluster: settings, account }: PlanInput,
): Promise<PlanPart> {
  const names = [...new Set(specs.flatMap(computesOf))];
  const cluster = { ...settings, ...(account !== undefined && { hasIdentity: true }) };
  const exist = await Promise.all(
    names.map((name) => exists(() => lookups.compute(name), "compute.not_found")),
  );
  const there = names.filter((_, at) => exist[at]);
  const failed = (await Promise.all(there.map(lookups.compute)))
    .flatMap(({ name, provisioningState }) => provisioningState === "Failed" ? [name] : []);
  return {
    items: names.filter((_, at) => !exist[at]).map((name) => ({
      kind: "compute",
      cluster: { name, ...cluster },
      command: computeLine(workspace.config, name, cluster),
    })),
    present: there.filter((name) => !failed.includes(name)).map((name) => `compute ${name}`),
    unmet: failed.map((name) => ({
      what: `compute ${name}, which failed to be created`,
      hint: `Run \`${
        azLine("compute delete", { name, ...workspaceOptions(workspace.config) })
      }\`, then \`kedro-azureml setup\` again`,
    })),
  };
}

const NOTHING: PlanPart = { items: [], present: [], unmet: [] };

/** The role of each cluster's identity on the storage account, if asked. */
async function planRoles({ specs, lookups, workspace, account }: PlanInput): Promise<PlanPart> {
  const computes = account === undefined
    ? []
    : [...new Set(specs.flatMap(computesOf))].filter((name) => name !== "serverless");
  return joined(
    await Promise.all(computes.map(async (compute): Promise<PlanPart> => {
      const isThere = await exists(() => lookups.compute(compute), "compute.not_found");
      const principal = isThere ? await principalOf(workspace, compute) : undefined;
      if (isThere && principal === undefined) {
        const hint = `Run \`${identityLine(workspace.config, compute)}\`, then \`kedro-azureml setup\` again`;
        return { ...NOTHING, unmet: [{ what: `identity of compute ${compute}`, hint }] };
      }
      if (principal !== undefined && await hasBlobRole(workspace, account!, principal)) {
        return { ...NOTHING, present: [`access of ${compute} to the storage account`] };
      }
      const assignee = principal ?? principalLine(workspace.config, compute);
      const command = roleCommand({ role: BLOB_ROLE, scope: account!, assignee });
      return { ...NOTHING, items: [{ kind: "role", compute, principal, account: account!, command }] };
    })),
  );
}

async function planEnvironment(ctx: AppContext, input: PlanInput): Promise<PlanPart> {
  const { specs, lookups, workspace, session } = input;
  const parts: PlanPart[] = [];
  for (const wanted of new Set(specs.map(({ environment }) => environment))) {
    const reference = wanted === undefined ? undefined : parseEnvironment(wanted);
    if (reference?.kind !== "named" || reference.name.startsWith("AzureML-")) continue;
    const { name } = reference;
    const isThere = await exists(() => lookups.environment(wanted!), "environment.not_found");
    const change = isThere ? await changeOf(ctx, input, wanted!) : undefined;
    if (isThere && (change === undefined || reference.version !== undefined)) {
      const since = change === undefined ? "" : `, although its ${change.part} changed in the project`;
      parts.push({ ...NOTHING, present: [`environment ${wanted}${since}`] });
      continue;
    }
    const made = await readDefinition(ctx, session.project.root, name);
    if (made === undefined) {
      const other = await readDefinition(ctx, session.project.root, undefined);
      const hint = other === undefined
        ? `Run \`kedro-azureml init --environment\`, which writes ${ENVIRONMENT_FILE}, and use its name`
        : `${ENVIRONMENT_FILE} defines "${other.name}": set \`name: ${name}\` there, or ` +
          `\`execution.environment: ${other.name}@latest\` in azureml.yml`;
      parts.push({ ...NOTHING, unmet: [{ what: `environment ${wanted}`, hint }] });
      continue;
    }
    const version = reference.version ?? await nextVersion(workspace, "environments", name);
    const environmentFile = join(session.project.root, ENVIRONMENT_FILE);
    const environment = { ...made, version };
    const command = environmentLine(workspace.config, {
      name,
      version,
      file: typedPath(ctx, environmentFile),
    });
    parts.push({
      ...NOTHING,
      items: [{ kind: "environment", environment, change, file: ENVIRONMENT_FILE, command }],
    });
  }
  return joined(parts);
}

/** What the project's definition of an environment in Azure changed; `undefined` if nothing, or without a valid one. */
async function changeOf(ctx: AppContext, { session, lookups }: PlanInput, wanted: string) {
  const { shown, definition } = await lookups.environment(wanted);
  if (definition?.image === undefined) return undefined;
  const [name, version] = shown.split(":");
  const made = await readDefinition(ctx, session.project.root, name).catch((thrown) => {
    if (!(thrown instanceof UserError)) throw thrown;
    return undefined;
  });
  const part = made && changedPart(made, definition);
  return part && { part, since: version! };
}

function joined(parts: readonly PlanPart[]): PlanPart {
  return {
    items: parts.flatMap(({ items }) => items),
    present: parts.flatMap(({ present }) => present),
    unmet: parts.flatMap(({ unmet }) => unmet),
  };
}
