import { deepEqual, equal, throws } from "node:assert/strict";
import { chooseWorkspace, workspaceOption } from "../../../src/app/project/workspace.ts";

const workspace = Object.fromEntries(
  ["__default__", "prod"].map((name) => [name, { subscription_id: "s", resource_group: "r", name }]),
);
const config = {
  azureml: { workspace },
  place: (path: readonly string[]) => ({ file: path.join(".") }),
} as unknown as Parameters<typeof chooseWorkspace>[0];

Deno.test("chooseWorkspace() uses the option, else the job's workspace, else the default", () => {
  const job = { key: "main", workspace: "prod" } as Parameters<typeof chooseWorkspace>[2];
  equal(chooseWorkspace(config, "__default__", job).name, "__default__");
  equal(chooseWorkspace(config, undefined, job).name, "prod");
  equal(chooseWorkspace(config, "", { key: "main", workspace: null }).name, "__default__");
  equal(chooseWorkspace(config, undefined).name, "__default__");
});

Deno.test("chooseWorkspace() reports an unknown workspace with its place and the known workspaces", () => {
  const job = { key: "main", workspace: "prd" } as Parameters<typeof chooseWorkspace>[2];
  const parts = {
    code: "workspace.unknown",
    details: ["workspaces: __default__, prod"],
    hint: 'Use one of them, or add "prd" below `workspace` in azureml.yml',
    data: { workspaces: ["__default__", "prod"] },
  };
  throws(() => chooseWorkspace(config, undefined, job), { ...parts, place: { file: "jobs.main.workspace" } });
  throws(() => chooseWorkspace(config, "prd", job), {
    ...parts,
    message: 'Workspace "prd" not found in azureml.yml (did you mean "prod"?)',
    place: { file: "workspace" },
  });
  throws(() => chooseWorkspace(config, "prd"), { ...parts, place: { file: "workspace" } });
});

Deno.test("workspaceOption() names the workspace of the command, else of the job, unless it is the usual one", () => {
  const job = { workspace: "prod" };
  deepEqual([
    workspaceOption("my ws", job),
    workspaceOption(undefined, job),
    workspaceOption("", { workspace: null }),
    workspaceOption("__default__", job),
  ], [" -w 'my ws'", " -w prod", "", ""]);
});
