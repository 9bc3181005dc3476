import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { assignBlobRole, hasBlobRole, principalOf } from "../../../src/azureml/resources/access.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const ACCOUNT = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acc";

async function assigned(account: string, principal: string) {
  const sent: { readonly path: string; readonly body: { readonly properties: Record<string, string> } }[] =
    [];
  const workspace = workspaceOf(async (request) => {
    sent.push({ path: new URL(request.url).pathname, body: await request.json() });
    const id = new URL(request.url).pathname;
    return Response.json({ id, name: id.split("/").at(-1), properties: {} }, { status: 201 });
  });
  await assignBlobRole(workspace, account, principal);
  return sent[0]!;
}

Deno.test("assignBlobRole() derives the name of the assignment, a UUID, from the account and the identity", async () => {
  const { path, body } = await assigned(ACCOUNT, "p1");
  match(
    path,
    /\/storageAccounts\/acc\/providers\/Microsoft\.Authorization\/roleAssignments\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  );
  deepEqual([body.properties.principalId, body.properties.principalType], ["p1", "ServicePrincipal"]);
  match(
    body.properties.roleDefinitionId!,
    /^\/subscriptions\/s1\/.*\/roleDefinitions\/ba92f5b4-2d11-453d-a403-e96b0029c9fe$/,
  );
  deepEqual((await assigned(ACCOUNT.toUpperCase(), "p1")).path.split("/").at(-1), path.split("/").at(-1));
  const other = (await assigned(ACCOUNT, "p2")).path.split("/").at(-1);
  equal(other === path.split("/").at(-1), false);
});

Deno.test("hasBlobRole() returns true only if the identity is assigned the role", async () => {
  const role = (id: string) => ({ properties: { roleDefinitionId: `/x/roleDefinitions/${id}` } });
  const asked: URL[] = [];
  const has = async (...value: readonly object[]) => {
    const workspace = workspaceOf(({ url }) => {
      asked.push(new URL(url));
      return Response.json({ value });
    });
    return await hasBlobRole(workspace, ACCOUNT, "p1");
  };
  const wanted = role("ba92f5b4-2d11-453d-a403-e96b0029c9fe");
  deepEqual([await has(), await has(role("other"), {}), await has(role("other"), wanted)], [
    false,
    false,
    true,
  ]);
  equal(asked[0]!.pathname, `${ACCOUNT}/providers/Microsoft.Authorization/roleAssignments`);
  equal(asked[0]!.searchParams.get("$filter"), "assignedTo('p1')");
});

Deno.test("assignBlobRole() accepts an existing assignment, but no other refusal", async () => {
  const assign = (code: string, status: number) =>
    assignBlobRole(
      workspaceOf(() => Response.json({ error: { code, message: "No." } }, { status })),
      ACCOUNT,
      "p1",
    );
  await assign("RoleAssignmentExists", 409);
  await rejects(assign("Conflict", 409), { code: "azure.conflict" });
  await rejects(assign("AuthorizationFailed", 403), { code: "azure.forbidden" });
});

Deno.test("principalOf() returns a compute's own identity, else one that was assigned to it", async () => {
  const assigned = { "/id/a": { principalId: "p2", clientId: "c" } };
  for (
    const [identity, expected] of [
      [{ type: "SystemAssigned", principalId: "p1" }, "p1"],
      [{ type: "SystemAssigned,UserAssigned", principalId: "p1", userAssignedIdentities: assigned }, "p1"],
      [{ type: "UserAssigned", userAssignedIdentities: assigned }, "p2"],
      [{ type: "UserAssigned", userAssignedIdentities: {} }, undefined],
      [null, undefined],
      [undefined, undefined],
    ] as const
  ) equal(await principalOf(workspaceOf(() => Response.json({ name: "cpu", identity })), "cpu"), expected);
});
