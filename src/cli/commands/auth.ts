import type { AuthStatus } from "../../app/check/auth_status.ts";
import type { signIn } from "../../app/login.ts";
import type { Access, Right } from "../../azureml/resources/access.ts";
import { decodeJsonObject } from "../../core/encoding.ts";
import { ExitCode, hintLines, UserError } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import type { MemberReport } from "../../credentials/chain.ts";
import type { Identity } from "../../credentials/identity.ts";
import { command, programOf } from "../parse/command.ts";
import { flag, text } from "../parse/field.ts";
import type { GlobalOptions } from "../parse/global_options.ts";
import { inWorkspace, ofTenant } from "../parse/options.ts";
import { requirePerson } from "../terminal/person.ts";
import { openProgress } from "../terminal/progress.ts";
import { errorData } from "../text/error.ts";
import { type Output, workspaceData } from "../text/output.ts";
import { markOf, utcText } from "../text/render.ts";

const login = command({
  name: "login",
  about: "Sign in with a browser or a device code",
  examples: [
    ["auth login", "Sign in with your browser"],
    ["auth login --device-code", "Sign in on a machine without a browser"],
  ],
  options: {
    deviceCode: flag("--device-code", "print a code to enter in a browser on another device"),
    tenant: text("--tenant <id>", "tenant to sign in to (default: AZURE_TENANT_ID, else your home tenant)"),
    clientId: text("--client-id <id>", "public client application to sign in with (default: Azure CLI)"),
    claimsChallenge: text("--claims-challenge <base64>", "claims challenge, from the hint of an error"),
    store: flag("--no-store", "do not save the session to disk"),
  },
  async run(ctx, { deviceCode = false, store = true, tenant, clientId, claimsChallenge }, command) {
    const { json = false, input = true } = programOf(command).opts<GlobalOptions>();
    const claims = claimsChallenge === undefined ? undefined : requireClaims(claimsChallenge);
    const interaction = requirePerson(ctx, openProgress(ctx, { json }), { deviceCode, input });
    const { signIn } = await import("../../app/login.ts");
    return renderLogin(await signIn(ctx, { deviceCode, store, tenant, clientId, claims, interaction }));
  },
});

const logout = command({
  name: "logout",
  about: "Sign out",
  examples: [["auth logout", "Sign out"]],
  async run(ctx) {
    const { removed, path } = await (await import("../../app/login.ts")).logout(ctx);
    return {
      data: { removed, sessionFile: path ?? null },
      text: removed
        ? `✓ Signed out; removed ${path} (Azure CLI and your browser stay signed in)\n`
        : "· Not signed in with `auth login`; nothing to remove\n",
    };
  },
});

const status = command({
  name: "status",
  about: "Show the credential in use and check its access",
  examples: [
    ["auth status", "Show the credential in use"],
  ],
  needs: ["azure"],
  options: { ...inWorkspace, ...ofTenant },
  async run(ctx, typed) {
    const { checkAuth } = await import("../../app/check/auth_status.ts");
    return renderAuthStatus(await checkAuth(ctx, typed));
  },
});

export const auth = command({
  name: "auth",
  about: "Sign in and check access",
  commands: [login, logout, status],
});

function requireClaims(encoded: string): string {
  const claims = decodeJsonObject(encoded)?.text;
  if (claims !== undefined) return claims;
  throw new UserError("The value of --claims-challenge is not a JSON object in base64", {
    // usage.claims_challenge: `--claims-challenge` is not base64. Copy it whole.
    code: "usage.claims_challenge",
    hint: "Copy it whole from the error that names it",
  });
}

function renderLogin({ name, objectId, tenant, path, warning }: Awaited<ReturnType<typeof signIn>>): Output {
  const saved = path === undefined
    ? "The session was not saved (--no-store); later commands cannot use it"
    : `Session saved to ${path}, readable only by you; \`kedro-azureml auth logout\` removes it`;
  return {
    data: { name, objectId: objectId ?? null, tenantId: tenant, sessionFile: path ?? null },
    ...(warning !== undefined && path !== undefined && { warnings: [warning] }),
    text: `✓ Signed in as ${name} (tenant ${tenant})\n${saved}\n`,
  };
}

type Audience = AuthStatus["audiences"][number];

const TITLES: Readonly<Record<Audience["name"], string>> = {
  management: "Resource Manager",
  ml: "Azure ML",
  storage: "Storage",
};

/**
 * Renders `auth status`. The exit code is 4 unless every audience issues a token and the workspace, if there is one
 * to check, allows submitting jobs; it is 6 if that is not known because a host did not answer, and that of the error
 * if the project's workspace cannot be read from its configuration.
 */
export function renderAuthStatus(status: AuthStatus): Output {
  const works = status.identity !== undefined && status.audiences.every(({ error }) => error === undefined) &&
    maySubmit(status.workspace);
  return {
    data: toData(status),
    text: [
      "Credentials, in the order they are tried",
      ...memberLines(status.members),
      ...identityLines(status),
      ...(status.identity === undefined ? [] : ["Tokens", ...status.audiences.map(audienceLine)]),
      ...adviceLines(status),
      ...accessLines(status.workspace),
    ].join("\n") + "\n",
    ...(works ? {} : { exit: exitOf(status) }),
  };
}

/** Whether no right that submitting needs is known to be denied; `true` if nothing was checked. */
export function maySubmit(status: AuthStatus["workspace"]): boolean {
  if ("skipped" in status) return true;
  if ("error" in status) return false;
  return status.access.every(({ right, answer }) =>
    BLOB_RIGHTS.includes(right) || (right === "read_workspace" ? answer === "yes" : answer !== "no")
  );
}

function exitOf(status: AuthStatus): ExitCode {
  const { identity, audiences, workspace } = status;
  const isSignedIn = identity !== undefined && audiences.every(({ error }) => error === undefined);
  if (isSignedIn && "error" in workspace) return workspace.error.exit;
  return isUnreachable(status) ? ExitCode.Unavailable : ExitCode.Auth;
}

function isUnreachable({ audiences, workspace }: AuthStatus): boolean {
  const access = "access" in workspace ? workspace.access : [];
  const errors = [...audiences, ...access].flatMap(({ error }) => error === undefined ? [] : [error]);
  return errors.length > 0 && errors.every(({ exit }) => exit === ExitCode.Unavailable);
}

/** Lists the credentials; those that were not tried are one line. */
function memberLines(members: readonly MemberReport[]): string[] {
  const others = members.filter(({ status }) => status === "not_tried").length;
  const why = members.some(({ status }) => status === "used") ? "not needed" : "not tried";
  return [
    ...members.filter(({ status }) => status !== "not_tried").map(memberLine),
    ...(others === 0 ? [] : [`  ${countText(others, "other credential")} ${why}; \`--json\` lists them`]),
  ];
}

function memberLine({ name, status, reason = "", milliseconds }: MemberReport): string {
  const words = status === "used" ? status : reason;
  return `${markOf(status)} ${name.padEnd(18)} ${words} (${Math.round(milliseconds)} ms)`;
}

function identityLines({ identity, cloud }: AuthStatus): string[] {
  if (identity === undefined) return [];
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["name", identity.name],
    ["kind", identity.kind === "unknown" ? undefined : identity.kind],
    ["object id", identity.objectId],
    ["application id", identity.applicationId],
    ["tenant", identity.tenantId],
    ["expires", identity.expiresAt && utcText(identity.expiresAt)],
    ["cloud", `${cloud.name} (${cloud.resourceManager})`],
  ];
  return ["Identity", ...rows.flatMap(([name, value]) => value ? [`  ${name.padEnd(16)} ${value}`] : [])];
}

function audienceLine({ name, audience, expiresAt, error }: Audience): string {
  const start = `${error === undefined ? "✓" : "✗"} ${TITLES[name].padEnd(18)} ${audience}`;
  return error === undefined ? `${start} until ${utcText(expiresAt!)}` : `${start}: ${error.message}`;
}

function adviceLines({ audiences }: AuthStatus): string[] {
  const errors = audiences.flatMap(({ error }) => error === undefined ? [] : [error]);
  const details = errors.flatMap(({ code, details }) => code === "auth.no_credential" ? [] : details);
  return [
    ...new Set([...details.map((detail) => `  ${detail}`), ...errors.flatMap(({ hint }) => hintLines(hint))]),
  ];
}

function identityData({ name, kind, objectId, applicationId, tenantId, expiresAt }: Identity) {
  return {
    name: name ?? null,
    kind,
    objectId: objectId ?? null,
    applicationId: applicationId ?? null,
    tenantId: tenantId ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

function audienceData({ name, audience, expiresAt, error }: Audience) {
  return {
    name,
    audience,
    ok: error === undefined,
    expiresAt: expiresAt?.toISOString() ?? null,
    error: errorData(error),
  };
}

function toData({ cloud, members, identity, audiences, workspace }: AuthStatus) {
  return {
    cloud: { name: cloud.name, authority: cloud.authority, resourceManager: cloud.resourceManager },
    credentials: members.map(({ milliseconds, ...member }) => ({ ...member, durationMs: milliseconds })),
    identity: identity === undefined ? null : identityData(identity),
    audiences: audiences.map(audienceData),
    workspace: accessData(workspace),
  };
}

const RIGHTS: Readonly<Record<Right, string>> = {
  read_workspace: "read the workspace",
  submit_jobs: "submit jobs",
  write_data_assets: "write data assets",
  read_blobs: "read blobs",
  write_blobs: "write blobs",
};

const BLOB_RIGHTS: readonly Right[] = ["read_blobs", "write_blobs"];

const RIGHT_COLUMNS = 34;

function accessLines(status: AuthStatus["workspace"]): string[] {
  if ("skipped" in status) return ["Workspace", `· not checked: ${status.skipped}`];
  if ("error" in status) {
    const { message, hint, details } = status.error;
    return [
      "Workspace",
      `✗ ${message}`,
      ...details.map((detail) => `  ${detail}`),
      ...hintLines(hint),
    ];
  }
  const { config: { name, resource_group: group, subscription_id: id }, access, datastore } = status;
  const titleOf = (right: Right) =>
    BLOB_RIGHTS.includes(right) && datastore !== undefined
      ? `${RIGHTS[right]} of ${datastore.name}`
      : RIGHTS[right];
  const columns = Math.max(RIGHT_COLUMNS, ...access.map(({ right }) => titleOf(right).length));
  return [
    `Workspace ${name} (resource group ${group}, subscription ${id})`,
    ...access.map((right) => accessLine(right, { titleOf, columns })),
    ...(access.some(({ right, answer }) => BLOB_RIGHTS.includes(right) && answer === "no")
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
  const mark = { yes: "✓", no: BLOB_RIGHTS.includes(right) ? "!" : "✗", unknown: "?" }[answer];
  const words = { yes: "yes", no: `no: ${reason}`, unknown: `not checked: ${reason}` }[answer];
  return `${mark} ${titleOf(right).padEnd(columns)} ${words}${probe === "none" ? "" : ` (${probe})`}`;
}

function hints(access: readonly Access[]): string[] {
  const roles = new Map(
    access.flatMap(({ role }) => role === undefined ? [] : [[role.command, role] as const]),
  );
  // A hint about reading role assignments is pointless if a hint above already assigns the missing role.
  const isCovered = ({ probe, error }: Access) =>
    error?.code === "azure.forbidden" && (roles.size > 0 || probe.startsWith("permissions"));
  const assigning = [...roles].map(([command, { name, alternative }]) =>
    `Ask an owner to assign the role "${name}"${
      alternative === undefined ? "" : ` (or "${alternative}")`
    }: ${command}`
  );
  const others = access.filter((right) => right.answer === "unknown" && !isCovered(right))
    .map(({ error }) => error?.hint || undefined);
  return [...new Set([...assigning, ...others])].flatMap(hintLines);
}

function accessData(status: AuthStatus["workspace"]): unknown {
  if ("skipped" in status) return { checked: false, reason: status.skipped };
  if ("error" in status) {
    return { checked: false, reason: status.error.message, error: errorData(status.error) };
  }
  const { config, datastore, access } = status;
  return {
    checked: true,
    ...workspaceData(config),
    reached: access.some(({ right, answer }) => right === "read_workspace" && answer === "yes"),
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
