import type { ProjectWorkspaceOptions } from "../../app/project/workspace.ts";
import type { AppContext } from "../../app/context.ts";
import { type AudienceStatus, type AuthStatus, checkAuth, maySubmit } from "../../app/auth/status.ts";
import type { Output } from "../command/output.ts";
import type { Identity } from "../../credentials/entra/identity.ts";
import type { MemberReport } from "../../credentials/chain/chain.ts";
import { ExitCode } from "../../core/errors.ts";
import { countText } from "../../core/text/numbers.ts";
import { utcText } from "../text/units.ts";
import { errorData } from "../text/error.ts";
import { markOf } from "../text/paint.ts";
import { accessData, accessLines } from "./access_text.ts";

/** Shows which credential is used and why, whose identity it is, and what that may do in the workspace. */
export async function authStatus(ctx: AppContext, options: ProjectWorkspaceOptions): Promise<Output> {
  return renderAuthStatus(await checkAuth(ctx, options));
}

const TITLES: Readonly<Record<AudienceStatus["name"], string>> = {
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
      ...audienceLines(status),
      ...hintLines(status),
      ...accessLines(status.workspace),
    ].join("\n") + "\n",
    ...(works ? {} : { exit: exitOf(status) }),
  };
}

function exitOf(status: AuthStatus): ExitCode {
  const { identity, audiences, workspace } = status;
  const isSignedIn = identity !== undefined && audiences.every(({ error }) => error === undefined);
  if (isSignedIn && "error" in workspace) return workspace.error.exit;
  return isUnreachable(status) ? ExitCode.Unavailable : ExitCode.Auth;
}

function isUnreachable({ audiences, workspace }: AuthStatus): boolean {
  const access = "report" in workspace ? workspace.report.access : [];
  const errors = [...audiences, ...access].flatMap(({ error }) => error === undefined ? [] : [error]);
  return errors.length > 0 && errors.every(({ exit }) => exit === ExitCode.Unavailable);
}

/** Lists the credentials; those that were not needed are one line. */
function memberLines(members: readonly MemberReport[]): string[] {
  const unneeded = members.filter(({ status }) => status === "not_tried").length;
  return [
    ...members.filter(({ status }) => status !== "not_tried").map(memberLine),
    ...(unneeded === 0
      ? []
      : [`  ${countText(unneeded, "other credential")} not needed; \`--json\` lists them`]),
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

function audienceLines({ audiences, identity }: AuthStatus): string[] {
  if (identity === undefined) return [];
  return ["Tokens", ...audiences.map(audienceLine)];
}

function audienceLine({ name, audience, expiresAt, error }: AudienceStatus): string {
  const start = `${error === undefined ? "✓" : "✗"} ${TITLES[name].padEnd(18)} ${audience}`;
  return error === undefined ? `${start} until ${utcText(expiresAt!)}` : `${start}: ${error.message}`;
}

function hintLines({ audiences }: AuthStatus): string[] {
  const errors = audiences.flatMap(({ error }) => error === undefined ? [] : [error]);
  const details = errors.flatMap(({ code, details }) => code === "auth.no_credential" ? [] : details);
  const hints = new Set(errors.flatMap(({ hint }) => hint === undefined ? [] : [hint]));
  return [...new Set(details.map((detail) => `  ${detail}`)), ...[...hints].map((hint) => `hint: ${hint}`)];
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

function audienceData({ name, audience, expiresAt, error }: AudienceStatus) {
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
