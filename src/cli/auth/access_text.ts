import type { Access, Right } from "../../azureml/access/access.ts";
import { WORKSPACE_ROLE } from "../../azureml/refusals/roles.ts";
import type { WorkspaceStatus } from "../../app/doctor/auth_check.ts";

const RIGHTS: Readonly<Record<Right, string>> = {
  read_workspace: "read the workspace",
  submit_jobs: "submit jobs",
  write_data_assets: "write data assets",
  read_blobs: "read blobs",
  write_blobs: "write blobs",
};

/** What this program itself does without: steps use the compute's identity, and code goes up by SAS. */
const SPARE: ReadonlySet<Right> = new Set(["read_blobs", "write_blobs"]);

/** Whether everything is allowed that this program needs; what could not be told is no answer. */
export function isAllowed(status: WorkspaceStatus): boolean {
  if ("skipped" in status) return true;
  if ("error" in status) return false;
  return status.report.access.every(({ right, answer }) =>
    SPARE.has(right) || (right === "read_workspace" ? answer === "yes" : answer !== "no")
  );
}

/** Writes what the workspace allows, a line for each right, and the lines that give the roles that are missing. */
export function accessLines(status: WorkspaceStatus): string[] {
  if ("skipped" in status) return ["Workspace", `· not looked at: ${status.skipped}`];
  if ("error" in status) {
    const { message, hint, details } = status.error;
    return [
      "Workspace",
      `✗ ${message}`,
      ...details.map((one) => `  ${one}`),
      ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ];
  }
  const { config: { name, resource_group: group, subscription_id: id }, report: { access, datastore } } =
    status;
  return [
    `Workspace ${name} (resource group ${group}, subscription ${id})`,
    ...access.map((one) => accessLine(one, datastore?.name)),
    ...(access.some(({ right, answer }) => SPARE.has(right) && answer === "no") ? [NOTE] : []),
    ...hints(access),
  ];
}

const NOTE =
  "  Jobs run without a role for blobs: their steps read and write with the compute's identity. Reading and withWriteErrors " +
  "data from here takes it";

function accessLine({ right, answer, probe, reason }: Access, datastore: string | undefined): string {
  const mark = { yes: "✓", no: SPARE.has(right) ? "!" : "✗", unknown: "?" }[answer];
  const title = SPARE.has(right) && datastore !== undefined
    ? `${RIGHTS[right]} of ${datastore}`
    : RIGHTS[right];
  const words = { yes: "yes", no: `no: ${reason}`, unknown: `could not be checked: ${reason}` }[answer];
  return `${mark} ${title.padEnd(34)} ${words}${probe === "none" ? "" : ` (${probe})`}`;
}

/** Each role once, with all that it is missing for. */
function hints(access: readonly Access[]): string[] {
  const roles = new Map(
    access.flatMap(({ role }) => role === undefined ? [] : [[role.command, role.name] as const]),
  );
  // A role for looking at roles is not what is missing, perhaps; another comes with the line that gives it.
  const isTold = ({ probe, error }: Access) =>
    error?.code === "azure.forbidden" && (roles.size > 0 || probe.startsWith("permissions"));
  const others = access.flatMap((one) =>
    one.answer === "unknown" && one.error?.hint && !isTold(one) ? [one.error.hint] : []
  );
  return [
    ...[...roles].map(([command, name]) =>
      `hint: Have an owner give the role "${name}"${
        name === WORKSPACE_ROLE ? ', or the wider "Contributor"' : ""
      }: ${command}`
    ),
    ...[...new Set(others)].map((hint) => `hint: ${hint}`),
  ];
}

/** The same for scripts. */
export function accessData(status: WorkspaceStatus): unknown {
  if ("skipped" in status) return { looked_at: false, reason: status.skipped };
  if ("error" in status) {
    const { code, message, hint } = status.error;
    return { looked_at: false, reason: message, error: { code, message, hint: hint ?? null } };
  }
  const { config, report: { workspace, datastore, access } } = status;
  return {
    looked_at: true,
    name: config.name,
    resource_group: config.resource_group,
    subscription_id: config.subscription_id,
    reached: workspace !== undefined,
    default_datastore: datastore?.name ?? null,
    access: access.map(({ right, answer, probe, reason, role, error }) => ({
      right,
      answer,
      probe,
      reason: reason ?? null,
      role: role?.name ?? null,
      command: role?.command ?? null,
      error: error === undefined
        ? null
        : { code: error.code, message: error.message, hint: error.hint ?? null },
    })),
  };
}
