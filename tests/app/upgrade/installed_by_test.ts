import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { installedBy } from "../../../src/app/upgrade/upgrade.ts";
import { fakeContext } from "../../fakes/context.ts";

for (
  const [path, name] of [
    ["C:\\Users\\ada\\scoop\\apps\\kedro-azureml\\current\\kedro-azureml.exe", "Scoop"],
    ["C:\\Users\\ada\\AppData\\Local\\Microsoft\\WinGet\\Packages\\Kedro_1\\kedro-azureml.exe", "winget"],
    ["C:\\npm\\node_modules\\@kedro-azureml\\cli-win32-x64\\bin\\kedro-azureml.exe", "npm"],
    ["/opt/node_modules/kedro-azureml/bin/kedro-azureml", undefined],
    ["/home/ada/.npm/_npx/1a2b/node_modules/@kedro-azureml/cli/kedro-azureml", "npx"],
    ["/home/ada/.local/share/pipx/venvs/kedro-azureml-cli/bin/kedro-azureml", "pipx"],
    ["/home/ada/.local/share/uv/tools/kedro-azureml-cli/bin/kedro-azureml", "uv"],
    ["/home/ada/.cache/uv/archive-v0/1a2b/bin/kedro-azureml", "uvx"],
    ["/opt/homebrew/Cellar/kedro-azureml/0.2.0/bin/kedro-azureml", "Homebrew"],
  ] as const
) {
  Deno.test(`installedBy() returns ${name} for ${path}`, async () => {
    deepEqual((await installedBy(fakeContext(), path))?.name, name);
  });
}

Deno.test("installedBy() finds a wheel in the libraries of a virtual environment on Windows", async () => {
  const files = { "/venv/Lib/site-packages/kedro_azureml_cli-0.2.0.dist-info/METADATA": "" };
  deepEqual(await installedBy(fakeContext({ files }), "/venv/Scripts/kedro-azureml.exe"), {
    name: "pip",
    command: `${join("/venv/Scripts/python")} -m pip install --upgrade kedro-azureml-cli`,
  });
});
