import { workspaceData } from "../command/output.ts";
import { errorData } from "../text/error.ts";
import type { Access, Right } from "../../azureml/service/access/access.ts";
import { OPTIONAL_RIGHTS, type WorkspaceStatus } from "../../app/auth/status.ts";

const RIGHTS: Readonly<Record<Right, string>> = {
  read_workspace: "read the workspace",
  submit_jobs: "submit jobs",
  write_data_assets: "write data assets",
  read_blobs: "read blobs",
  write_blobs: "write blobs",
};

const BLOB_RIGHTS: readonly Right[] = ["read_blobs", "write_blobs"];

/** Least width of the column with the rights. */
const RIGHT_COLUMNS = 34;

/** Renders one line per right, then the commands that assign missing roles. */
export function accessLines(status: WorkspaceStatus): string[] {
  if ("skipped" in status) return ["Workspace", `· not checked: ${status.skipped}`];
  if ("error" in status) {
    const { message, hint, details } = status.error;
    return [
      "Workspace",
      `✗ ${message}`,
      ...details.map((detail) => `  ${detail}`),
      ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ];
  }
  const { config: { name, resource_group: group, subscription_id: id }, report: { access, datastore } } =
    status;
  const titleOf = (right: Right) =>
    BLOB_RIGHTS.includes(right) && datastore !== undefined
      ? `${RIGHTS[right]} of ${datastore.name}`
      : RIGHTS[right];
  const columns = Math.max(RIGHT_COLUMNS, ...access.map(({ right }) => titleOf(right).length));
  return [
    `Workspace ${name} (resource group ${group}, subscription ${id})`,
    ...access.map((right) => accessLine(right, { titleOf, columns })),
    ...(access.some(({ right, answer }) => OPTIONAL_RIGHTS.has(right) && answer === "no")
      ? [BLOBS_NOTE]
      : []),
    ...hints(access),
  ];
}

const BLOBS_NOTE =
  "  Jobs do not need a blob role: steps read and write with the compute's identity. You need one to read or write " +
  "data from this machine";

function accessLine(
  { right, answer, probe, reason }: Access,
  { titleOf, columns }: { readonly titleOf: (right: Right) => string; readonly columns: number },
): string {
  const mark = { yes: "✓", no: OPTIONAL_RIGHTS.has(right) ? "!" : "✗", unknown: "?" }[answer];
  const words = { yes: "yes", no: `no: ${reason}`, unknown: `not checked: ${reason}` }[answer];
  return `${mark} ${titleOf(right).padEnd(columns)} ${words}${probe === "none" ? "" : ` (${probe})`}`;
}

/** Renders one hint per missing role. */
function hints(access: readonly Access[]): string[] {
  const roles = new Map(
    access.flatMap(({ role }) => role === undefined ? [] : [[role.command, role] as const]),
  );
  // A hint about reading role assignments is pointless if a hint above already assigns the missing role.
  const isCovered = ({ probe, error }: Access) =>
    error?.code === "azure.forbidden" && (roles.size > 0 || probe.startsWith("permissions"));
  const others = access.flatMap((right) =>
    right.answer === "unknown" && right.error?.hint && !isCovered(right) ? [right.error.hint] : []
  );
  return [
    ...[...roles].map(([command, { name, alternative }]) =>
      `hint: Ask an owner to assign the role "${name}"${
        alternative === undefined ? "" : ` (or "${alternative}")`
      }: ${command}`
    ),
    ...[...new Set(others)].map((hint) => `hint: ${hint}`),
  ];
}

/** The same information for `--json`. */
export function accessData(status: WorkspaceStatus): unknown {
  if ("skipped" in status) return { checked: false, reason: status.skipped };
  if ("error" in status) {
    return { checked: false, reason: status.error.message, error: errorData(status.error) };
  }
  const { config, report: { workspace, datastore, access } } = status;
  return {
    checked: true,
    ...workspaceData(config),
    reached: workspace !== undefined,
    defaultDatastore: datastore?.name ?? null,
    access: access.map(({ right, answer, probe, reason, role, error }) => ({
      right,
      answer,
      probe,
      reason: reason ?? null,
      role: role?.name ?? null,
      command: role?.command ?? null,
      error: errorData(error),
    })),
  };
}
