import type { Workspace } from "../../azureml/client/workspace.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { ClusterSettings, ClusterSpec, EnvironmentSpec } from "../../azureml/resources/create.ts";
import { computesOf, type Lookups } from "../../azureml/resources/pin.ts";
import type { LocalData } from "../../azureml/submit/upload.ts";
import { UserError } from "../../core/errors.ts";
import type { ProjectSession } from "../project/open.ts";
import { BLOB_ROLE, identityLine, principalLine, roleCommand } from "../../azureml/errors/roles.ts";
import { ENVIRONMENT_FILE, parseEnvironment } from "../../azureml/job/names.ts";
import { hasBlobRole, principalOf } from "../../azureml/resources/access.ts";
import { KINDS, nextVersion } from "../../azureml/resources/kinds.ts";
import type { AppContext } from "../context.ts";
import { changedPart, readDefinition } from "./environment.ts";

export type PlanItem =
  | { readonly kind: "compute"; readonly cluster: ClusterSpec }
  | {
    readonly kind: "environment";
    readonly environment: EnvironmentSpec;
    /** What changed since which version; `undefined` for the first version. */
    readonly change: { readonly part: string; readonly since: string } | undefined;
    /** Path of its definition, relative to the project. */
    readonly file: string;
  }
  | {
    readonly kind: "data";
    readonly name: string;
    readonly version: string;
    readonly data: LocalData;
    /** Path relative to the project; absolute if it is outside. */
    readonly shownPath: string;
    readonly sizeBytes: number;
  }
  | {
    readonly kind: "catalog";
    /** Path relative to the project. */
    readonly file: string;
    readonly text: string;
    readonly diff: string;
    /** Datasets that are read from data assets now. */
    readonly assets: readonly string[];
    /** Datasets that Azure ML passes on and keeps now. */
    readonly passedOn: readonly string[];
  }
  /** The entries of local files as they were, for `kedro run -e` on this machine. */
  | {
    readonly kind: "local_catalog";
    readonly file: string;
    readonly env: string;
    readonly text: string;
    readonly datasets: readonly string[];
    /** Files of the project's usual environment, in whose place Kedro reads this one. */
    readonly unread: readonly string[];
  };

export interface SetupPlan {
  /** `undefined` if only the catalog is rewritten. */
  readonly workspace: Workspace | undefined;
  readonly location: string | undefined;
  readonly items: readonly PlanItem[];
  readonly present: readonly string[];
  /** What is missing and cannot be created, each with what to do. */
  readonly unmet: readonly {
    readonly what: string;
    readonly hint: string;
    /** Whether jobs may run all the same. */
    readonly isNote?: true;
  }[];
}

export interface PlanInput {
  readonly session: ProjectSession;
  readonly workspace: Workspace;
  readonly location: string | undefined;
  readonly lookups: Lookups;
  readonly specs: readonly JobSpec[];
  readonly cluster: ClusterSettings;
  /** ARM id of the storage account that the identities of clusters must be able to read and write, if asked. */
  readonly account: string | undefined;
}

export type PlanPart = Pick<SetupPlan, "items" | "present" | "unmet">;

/** Whether a lookup finds something; its own error for "not there" is no error here. */
export async function exists(look: () => Promise<unknown>, missing: string): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.code === missing) return false;
    throw thrown;
  }
}

export async function planComputes(
  { specs, lookups, cluster: settings, account }: PlanInput,
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
    })),
    present: there.filter((name) => !failed.includes(name)).map((name) => `compute ${name}`),
    unmet: failed.map((name) => ({
      what: `compute ${name}, which failed to be created`,
      hint: `Delete it in Azure ML studio, then run \`kedro-azureml setup\` again`,
    })),
  };
}

const NOTHING: PlanPart = { items: [], present: [], unmet: [] };

/** The role of each cluster's identity on the storage account, if asked, which only an owner can assign. */
export async function planRoles({ specs, lookups, workspace, account }: PlanInput): Promise<PlanPart> {
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
      const what = `role ${BLOB_ROLE} of compute ${compute} on storage account ${account!.split("/").at(-1)}`;
      return { ...NOTHING, unmet: [{ what, hint: `Ask an owner to run \`${command}\`` }] };
    })),
  );
}

export async function planEnvironment(ctx: AppContext, input: PlanInput): Promise<PlanPart> {
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
    const made = await readDefinition(ctx, session.project, name);
    if (made === undefined) {
      const other = await readDefinition(ctx, session.project, undefined);
      const hint = other === undefined
        ? `Run \`kedro-azureml init --environment\`, which writes ${ENVIRONMENT_FILE}, and use its name`
        : `${ENVIRONMENT_FILE} defines "${other.name}": set \`name: ${name}\` there, or ` +
          `\`execution.environment: ${other.name}@latest\` in azureml.yml`;
      parts.push({ ...NOTHING, unmet: [{ what: `environment ${wanted}`, hint }] });
      continue;
    }
    const version = reference.version ?? await nextVersion(workspace, KINDS.environmentName, name);
    const environment = { ...made, version };
    parts.push({ ...NOTHING, items: [{ kind: "environment", environment, change, file: ENVIRONMENT_FILE }] });
  }
  return joined(parts);
}

/** What the project's definition of an environment in Azure changed; `undefined` if nothing, or without a valid one. */
async function changeOf(ctx: AppContext, { session, lookups }: PlanInput, wanted: string) {
  const { shown, definition } = await lookups.environment(wanted);
  if (definition?.image === undefined) return undefined;
  const [name, version] = shown.split(":");
  const made = await readDefinition(ctx, session.project, name).catch((thrown) => {
    if (!(thrown instanceof UserError)) throw thrown;
    return undefined;
  });
  const part = made && changedPart(made, definition);
  return part && { part, since: version! };
}

export function joined(parts: readonly PlanPart[]): PlanPart {
  return {
    items: parts.flatMap(({ items }) => items),
    present: parts.flatMap(({ present }) => present),
    unmet: parts.flatMap(({ unmet }) => unmet),
  };
}
