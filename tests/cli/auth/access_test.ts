import { deepEqual, equal } from "node:assert/strict";
import type { AuthStatus } from "../../../src/app/check/auth_status.ts";
import type { Access } from "../../../src/azureml/resources/access.ts";
import { renderAuthStatus } from "../../../src/cli/commands/auth.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { ExitCode, UserError } from "../../../src/core/errors.ts";
import type { Identity } from "../../../src/credentials/identity.ts";
import { WORKSPACE } from "../../fakes/seed.ts";

const IDENTITY: Identity = {
  ...{ name: "ci", kind: "service principal", objectId: "o", applicationId: "a", tenantId: "t" } as const,
  expiresAt: new Date("2026-01-02T04:04:05Z"),
};
const ML = { name: "ml", audience: "https://ml.azure.com" } as const;
const BUSY = new UserError("It is busy", { code: "network.timeout", hint: "Wait" });
const REFUSED = new UserError("It refused", { code: "auth.refused", hint: "Ask" });
const READ: Access = { right: "read_workspace", answer: "yes", probe: "GET workspace" };
const ROLE = { name: "Data Scientist", alternative: "Contributor", command: "`az role x`" };

function withAccess(...access: readonly Access[]): AuthStatus["workspace"] {
  return withDatastore("blobs", access);
}

function withDatastore(name: string, access: readonly Access[]): AuthStatus["workspace"] {
  return {
    config: WORKSPACE,
    datastore: { name },
    access,
  } as unknown as AuthStatus["workspace"];
}

function rendered(change: Partial<AuthStatus>) {
  return renderAuthStatus({
    cloud: CLOUDS.AzureCloud!,
    members: [],
    identity: IDENTITY,
    audiences: [{ ...ML, expiresAt: new Date("2026-01-02T04:04:05Z") }],
    workspace: withAccess(READ),
    ...change,
  });
}

const unknown = (error: UserError): Access => ({ ...READ, answer: "unknown", reason: error.message, error });

for (
  const [what, change, exit] of [
    ["0 if jobs can be submitted", {}, undefined],
    ["4 if nobody is signed in", { identity: undefined, audiences: [] }, ExitCode.Auth],
    ["4 if Entra ID refuses a token", { audiences: [{ ...ML, error: REFUSED }] }, ExitCode.Auth],
    ["6 if Entra ID does not answer", { audiences: [{ ...ML, error: BUSY }] }, ExitCode.Unavailable],
    [
      "4 if Entra ID refuses one of two tokens",
      { audiences: [{ ...ML, error: BUSY }, { ...ML, error: REFUSED }] },
      ExitCode.Auth,
    ],
    ["6 if the workspace does not answer", { workspace: withAccess(unknown(BUSY)) }, ExitCode.Unavailable],
    ["4 if the workspace refuses", { workspace: withAccess(unknown(REFUSED)) }, ExitCode.Auth],
    [
      "4 if a role is missing",
      { workspace: withAccess(READ, { right: "submit_jobs", answer: "no", probe: "none" }) },
      ExitCode.Auth,
    ],
    [
      "3 if the configuration is invalid",
      { workspace: { error: new UserError("No key", { code: "config.x" }) } },
      ExitCode.Config,
    ],
  ] as readonly (readonly [string, Partial<AuthStatus>, ExitCode | undefined])[]
) {
  Deno.test(`auth status exits ${what}`, () => equal(rendered(change).exit, exit));
}

Deno.test("auth status prints a hint for several rights once", () => {
  const hintsOf = (...access: readonly Access[]) =>
    rendered({ workspace: withAccess(...access) }).text.split("\n").filter((line) => line.startsWith("hint"));
  const forbidden = (probe: string): Access => ({
    ...{ right: "submit_jobs", answer: "unknown", probe, reason: "no" },
    error: new UserError("No", { code: "azure.forbidden", hint: "Read roles" }),
  });
  const missing: Access = {
    right: "write_data_assets",
    answer: "no",
    probe: "roles",
    reason: "no role",
    role: ROLE,
  };
  const role = 'hint: Ask an owner to assign the role "Data Scientist" (or "Contributor"): `az role x`';
  deepEqual(hintsOf(unknown(BUSY), unknown(BUSY)), ["hint: Wait"]);
  deepEqual(hintsOf(forbidden("GET x")), ["hint: Read roles"]);
  deepEqual(hintsOf(forbidden("permissions of x")), []);
  deepEqual(hintsOf(forbidden("GET x"), missing, missing), [role]);
  deepEqual(hintsOf(missing, unknown(BUSY)), [role, "hint: Wait"]);
});

Deno.test("auth status prints why the project's workspace is unknown", () => {
  const error = new UserError("No key", { code: "config.x", hint: "Add it", details: ["a.yml:1"] });
  const { text, data } = rendered({ workspace: { error } });
  equal(text.split("Workspace\n")[1], "✗ No key\n  a.yml:1\nhint: Add it\n");
  deepEqual((data as { workspace: unknown }).workspace, {
    ...{ checked: false, reason: "No key" },
    error: { code: "config.x", message: "No key", hint: "Add it", details: ["a.yml:1"] },
  });
});
