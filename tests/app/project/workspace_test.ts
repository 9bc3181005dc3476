import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  findProjectWorkspace,
  openProjectWorkspace,
  type ProjectWorkspaceOptions,
} from "../../../src/app/project/workspace.ts";
import type { UserError } from "../../../src/core/errors.ts";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";
import { makeWorld } from "../../cli/world.ts";

const NAMED = { subscription_id: "11111111-2222-3333-4444-555555555555", resource_group: "rg", name: "ws" };

/** A command's context in a project, or outside one, whose azureml.yml was changed. */
async function made(cwd = "/home/user/tiny", change: (text: string) => string = (text) => text) {
  const { ctx } = makeWorld();
  const config = "/home/user/tiny/conf/base/azureml.yml";
  await ctx.fs.writeText(config, change(await ctx.fs.readText(config)));
  return { ...ctx, cwd, report() {} };
}

async function errorOf(...args: Parameters<typeof findProjectWorkspace>): Promise<UserError | undefined> {
  const found = await findProjectWorkspace(...args);
  return "error" in found ? found.error : undefined;
}

Deno.test("an invalid azureml.yml does not suggest --subscription-id", async () => {
  const ctx = await made(undefined, () => "workspace: [");
  await rejects(openProjectWorkspace(ctx, {}), (error: UserError) => {
    equal(error.code.startsWith("config."), true, error.code);
    equal(String(error.hint).includes("--subscription-id"), false);
    return true;
  });
});

Deno.test("--workspace-name takes precedence over azureml.yml", async () => {
  const other =
    "workspace:\n  other: {subscription_id: 11111111-2222-3333-4444-555555555555, resource_group: rg, name: ws}\n";
  const ctx = await made(undefined, (text) => text.replace("workspace:\n", other));
  const workspaceOf = async (options: Partial<ProjectWorkspaceOptions>) =>
    (await openProjectWorkspace(ctx, { ...options })).workspace;
  deepEqual(await workspaceOf({}), GOLDEN_WORKSPACE);
  deepEqual(await workspaceOf({ workspace: "other" }), NAMED);
  deepEqual(await workspaceOf({ resourceGroup: "mine" }), { ...GOLDEN_WORKSPACE, resource_group: "mine" });
});

for (
  const [names, are, key] of [
    [
      ['"rg-golden"', '"ws-golden"'],
      'No workspace chosen yet: placeholders for resource_group, name of workspace "__default__"',
      "resource_group",
    ],
  ] as const
) {
  Deno.test(`a placeholder for ${names.join(" and ")} of the workspace is an error`, async () => {
    const change = (text: string) => names.reduce((text, name) => text.replace(name, '"<name>"'), text);
    const error = await errorOf(await made(undefined, change), {});
    const { code, message, hint, place } = error!;
    deepEqual([code, message, hint, place?.key], [
      "config.placeholder",
      are,
      "Run `kedro-azureml init`, which asks for what is missing; without Azure, run `kedro-azureml rehearse`, or add `--emulator`",
      `workspace.__default__.${key}`,
    ]);
  });
}
