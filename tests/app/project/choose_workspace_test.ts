import { equal, throws } from "node:assert/strict";
import { chooseWorkspace, findWorkspace } from "../../../src/app/project/choose_workspace.ts";

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
  const parts = { code: "workspace.unknown", details: ["workspaces: __default__, prod"] };
  throws(() => chooseWorkspace(config, undefined, job), { ...parts, place: { file: "jobs.main.workspace" } });
  throws(() => chooseWorkspace(config, "prd", job), {
    ...parts,
    message: 'Workspace "prd" not found in azureml.yml (did you mean "prod"?)',
    place: { file: "workspace" },
  });
  throws(() => chooseWorkspace(config, "prd"), { ...parts, place: { file: "workspace" } });
});

Deno.test("findWorkspace() ignores inherited object properties such as constructor", () => {
  equal(findWorkspace({ workspace }, "constructor"), undefined);
  equal(findWorkspace({ workspace }, null)?.name, "__default__");
});
