import { deepEqual, equal } from "node:assert/strict";
import { hasBlobRole, principalOf } from "../../../src/azureml/resources/access.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const ACCOUNT = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acc";

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

Deno.test("principalOf() returns a compute's own identity, else an assigned one", async () => {
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
