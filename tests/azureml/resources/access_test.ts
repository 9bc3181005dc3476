import { deepStrictEqual as assertEquals, ok, strictEqual } from "node:assert/strict";
import {
  type Access,
  missingActions,
  openProbes,
  type Permission,
  type Right,
  RIGHTS,
} from "../../../src/azureml/resources/access.ts";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";

import { createEmulator, type Emulator, type EmulatorOptions } from "../../fakes/emulator.ts";
import { fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";

const ML = "Microsoft.MachineLearningServices/workspaces";
const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/** Azure's built-in roles (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
const ROLES: Readonly<Record<string, Permission>> = {
  "AzureML Data Scientist": {
    actions: [`${ML}/*/read`, `${ML}/*/action`, `${ML}/*/delete`, `${ML}/*/write`],
    notActions: [
      `${ML}/delete`,
      `${ML}/write`,
      `${ML}/computes/*/write`,
      `${ML}/computes/*/delete`,
      `${ML}/computes/listKeys/action`,
      `${ML}/listKeys/action`,
      `${ML}/hubs/write`,
    ],
  },
  "Reader": { actions: ["*/read"], notActions: [], dataActions: [], notDataActions: [] },
  "Contributor": {
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
    ],
  },
  "Storage Blob Data Contributor": {
    actions: ["Microsoft.Storage/storageAccounts/blobServices/containers/write"],
    dataActions: [`${BLOBS}/delete`, `${BLOBS}/read`, `${BLOBS}/write`, `${BLOBS}/move/action`],
  },
};

const JOB = `${ML}/jobs/write`;

Deno.test("missingActions() returns what a built-in role lacks", () => {
  const missing = (names: string[], action: string, kind: "actions" | "dataActions" = "actions") =>
    missingActions(names.map((name) => ROLES[name]!), [action], kind).length > 0;
  assertEquals(
    Object.keys(ROLES).filter((name) => !missing([name], JOB)),
    ["AzureML Data Scientist", "Contributor"],
  );
  assertEquals(
    Object.keys(ROLES).filter((name) => !missing([name], `${BLOBS}/write`, "dataActions")),
    ["Storage Blob Data Contributor"],
  );
  ok(missing(["Contributor"], `${BLOBS}/read`, "dataActions"), "a contributor has no data actions");
  ok(missing(["AzureML Data Scientist"], `${ML}/computes/x/write`));
  ok(!missing(["AzureML Data Scientist", "Contributor"], `${ML}/computes/x/write`), "each role counts alone");
  ok(missing(["Reader"], "Microsoft.Storage/readers"), "a pattern is the whole operation");
});

type Fetch = (request: Request, azure: Emulator) => Promise<Response>;

function worldOf(emulator: EmulatorOptions, fetch: Fetch = (request, azure) => azure.fetch(request)) {
  const azure = createEmulator({ seed: { workspaces: [WORKSPACE] }, ...emulator });
  const ctx = fakeContext({ fetch: (request) => fetch(request, azure) });
  const tokens = {
    getToken: async (scope: string) => ({ token: azure.issueToken(scope.replace("/.default", "")) }),
  };
  const workspace = openWorkspace(
    { ...ctx, cloud: CLOUDS.AzureCloud!, config: WORKSPACE, tokens } as Parameters<
      typeof openWorkspace
    >[0],
  );
  return { workspace, azure };
}

async function check(emulator: EmulatorOptions, fetch?: Fetch) {
  const { workspace, azure } = worldOf(emulator, fetch);
  const probes = openProbes(workspace, "me");
  const access: Access[] = [];
  for (const right of RIGHTS) access.push(await probes.access(right));
  return { access, azure };
}

function answers(access: readonly Access[]): Readonly<Record<Right, string>> {
  return Object.fromEntries(access.map(({ right, answer }) => [right, answer])) as Record<Right, string>;
}

/** Denied actions and faults, and the rights that are then missing or unknown. */
const WORLDS: readonly { name: string; emulator: EmulatorOptions; not: Partial<Record<Right, string>> }[] = [
  { name: "nothing", emulator: {}, not: {} },
  { name: "writing jobs", emulator: { deniedActions: [JOB] }, not: { submit_jobs: "no" } },
  { name: "access to code", emulator: { deniedActions: [`${ML}/codes/*`] }, not: { submit_jobs: "no" } },
  ...["codes/versions/write", "components/versions/write", "environments/versions/read", "computes/read"]
    .map((action) => ({
      name: action,
      emulator: { deniedActions: [`${ML}/${action}`] },
      not: { submit_jobs: "no" },
    })),
  {
    name: "writing data assets",
    emulator: { deniedActions: [`${ML}/data/versions/write`] },
    not: { write_data_assets: "no" },
  },
  { name: "writing blobs", emulator: { deniedActions: [`${BLOBS}/write`] }, not: { write_blobs: "no" } },
  { name: "reading blobs", emulator: { deniedActions: [`${BLOBS}/read`] }, not: { read_blobs: "no" } },
  {
    name: "reading permissions",
    emulator: { deniedActions: ["Microsoft.Authorization/*"] },
    not: { submit_jobs: "unknown", write_data_assets: "unknown", write_blobs: "unknown" },
  },
  {
    name: "access to datastores",
    emulator: { deniedActions: [`${ML}/datastores/*`] },
    not: { read_blobs: "unknown", write_blobs: "unknown" },
  },
  {
    name: "access to the storage from this network",
    emulator: {
      faults: [{
        url: /\.blob\./,
        times: 9,
        happens: {
          kind: "refuse",
          status: 403,
          code: "AuthorizationFailure",
          message: "This request is not authorized to perform this operation.",
        },
      }],
    },
    not: { read_blobs: "unknown" },
  },
  {
    name: "reading the workspace",
    emulator: { deniedActions: [`${ML}/read`] },
    not: { read_workspace: "no", write_blobs: "unknown" },
  },
];

for (const { name, emulator, not } of WORLDS) {
  const rights = Object.entries(not).map(([right, answer]) => `${right}: ${answer}`).join(", ");
  Deno.test(`access() reports ${rights || "yes for every right"} if ${name} is denied`, async () => {
    const { access, azure } = await check(emulator);
    const yes: Record<Right, string> = {
      read_workspace: "yes",
      submit_jobs: "yes",
      write_data_assets: "yes",
      read_blobs: "yes",
      write_blobs: "yes",
    };
    assertEquals(answers(access), { ...yes, ...not });
    for (const { answer, role, reason } of access) {
      strictEqual(role !== undefined, answer === "no");
      strictEqual(reason === undefined, answer === "yes");
    }
    assertEquals([...new Set(azure.requests.map(({ method }) => method))], ["GET"], "nothing is written");
  });
}

Deno.test("access() does not take account rights for blob rights", async () => {
  const { access } = await check(
    {},
    async (request, azure) =>
      request.url.includes("/blobServices/default/containers/")
        ? Response.json({ value: [{ actions: ["*"], notActions: [], dataActions: [], notDataActions: [] }] })
        : await azure.fetch(request),
  );
  assertEquals(answers(access).write_blobs, "no");
});

Deno.test("access() reports every right as unknown without a network", async () => {
  const { access } = await check({}, () => Promise.reject(new TypeError("connection refused")));
  assertEquals([...new Set(access.map(({ answer }) => answer))], ["unknown"]);
});

Deno.test("access() sends no token to another host", async () => {
  const hosts: string[] = [];
  const { access } = await check({}, async (request, azure) => {
    hosts.push(new URL(request.url).host);
    if (!request.url.includes("/permissions")) return await azure.fetch(request);
    return Response.json({ value: [{ actions: ["*"] }], nextLink: "https://evil.test/permissions" });
  });
  strictEqual(answers(access).submit_jobs, "yes");
  ok(!hosts.includes("evil.test"));
});

Deno.test("access() names a role for each denied right", async () => {
  const { access } = await check({ deniedActions: [JOB, `${ML}/computes/read`, `${BLOBS}/*`] });
  const roles = Object.fromEntries(
    access.flatMap(({ right, role, reason }) =>
      role === undefined ? [] : [[right, [role.name, role.alternative, reason]]]
    ),
  );
  const blobs = "Storage Blob Data Contributor";
  assertEquals(roles, {
    submit_jobs: ["AzureML Data Scientist", "Contributor", `no role allows ${JOB}, ${ML}/computes/read`],
    read_blobs: [blobs, undefined, `the role for ${BLOBS}/read is missing`],
    write_blobs: [blobs, undefined, `no role allows ${BLOBS}/write`],
  });
});
