import assert from "node:assert/strict";
import { codeAsset, findCode, registerCode } from "../../../src/azureml/submit/upload.ts";

import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const HASH = "abc";

Deno.test("findCode() prefers code with its own name", async () => {
  const code = (name: string, createdAt: string | undefined, change: object = {}) => ({
    id: `${workspaceId}/codes/${name}/versions/1`,
    properties: { properties: { hash_sha256: HASH } },
    ...(createdAt !== undefined && { systemData: { createdAt } }),
    ...change,
  });
  const found = async (...value: readonly unknown[]) => {
    const workspace = workspaceOf(() => Response.json({ value }));
    const { id } = await findCode(workspace, { hash: HASH }) ?? {};
    return id === undefined ? undefined : String(id).split("/").at(-3);
  };
  const { id: workspaceId } = workspaceOf(() => Response.json({}));
  const own = codeAsset({ id: workspaceId } as Workspace, HASH).name;
  const [old, newer] = [code("old", "2026-01-01"), code("newer", "2026-01-02")];
  assert.equal(await found(newer, old), "old");
  assert.equal(await found(old, newer, code(own.toUpperCase(), "2026-01-03")), own.toUpperCase());
  assert.equal(await found(newer, code("ageless", undefined)), "ageless");
  assert.equal(await found(code("x", undefined, { id: old.id.toUpperCase() })), "OLD");
  for (
    const other of [
      null,
      code("x", undefined, { id: 5 }),
      code("x", undefined, { id: `${workspaceId}2/codes/x/versions/1` }),
      code("x", undefined, { properties: { properties: { hash_sha256: "other" } } }),
      code("x", undefined, {
        properties: { provisioningState: "Failed", properties: { hash_sha256: HASH } },
      }),
    ]
  ) assert.equal(await found(other), undefined, JSON.stringify(other));
});

Deno.test("registerCode() reuses code that another process registered", async () => {
  const register = async (id?: string) => {
    const value = id === undefined ? [] : [{ id, properties: { properties: { hash_sha256: HASH } } }];
    const workspace = workspaceOf(({ method }) =>
      method === "PUT"
        ? Response.json({ error: { code: "UserError", message: "No." } }, { status: 409 })
        : Response.json({ value })
    );
    return await registerCode(workspace, { codeUri: "https://x/y", hash: HASH });
  };
  const { id: workspaceId } = workspaceOf(() => Response.json({}));
  const id = `${workspaceId}/codes/other/versions/1`;
  assert.deepEqual(await register(id), { id, wasThere: true });
  const own = codeAsset({ id: workspaceId } as Workspace, HASH).id.replace(
    "resourceGroups",
    "resourcegroups",
  );
  const accepting = workspaceOf(() => Response.json({ id: own, name: "1", properties: {} }, { status: 201 }));
  assert.deepEqual(await registerCode(accepting, { codeUri: "https://x/y", hash: HASH }), {
    id: own,
    wasThere: false,
  });
  await assert.rejects(register(), { exit: 5, message: /^Cannot register the code/ });
});
