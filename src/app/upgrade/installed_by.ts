import { basename, dirname, join } from "node:path";
import type { AppContext } from "../context.ts";

/** A package manager that installed this program, and the command that upgrades it there. */
export interface Manager {
  readonly name: string;
  readonly command: string;
}

/** Where package managers put the program: a part of its path, and how each upgrades it. */
const MANAGERS: readonly (Manager & { readonly part: string })[] = [
  { name: "npx", part: "/_npx/", command: "npx @kedro-azureml/cli@latest" },
  {
    name: "npm",
    part: "/node_modules/@kedro-azureml/",
    command: "npm install --global @kedro-azureml/cli@latest",
  },
  { name: "pipx", part: "/pipx/venvs/", command: "pipx upgrade kedro-azureml-cli" },
  { name: "uv", part: "/uv/tools/", command: "uv tool upgrade kedro-azureml-cli" },
  { name: "uvx", part: "/uv/archive-v", command: "uvx --from kedro-azureml-cli@latest kedro-azureml" },
  { name: "Homebrew", part: "/Cellar/", command: "brew upgrade kedro-azureml" },
  { name: "Scoop", part: "/scoop/apps/", command: "scoop update kedro-azureml" },
  { name: "winget", part: "/WinGet/Packages/", command: "winget upgrade kedro-azureml" },
];

/**
 * Finds the package manager that installed a file, by its path, or by what pip leaves beside it.
 *
 * @param path Absolute path with links resolved.
 */
export async function installedBy(
  { fs }: Pick<AppContext, "fs">,
  path: string,
): Promise<Manager | undefined> {
  const plain = path.replaceAll("\\", "/");
  const manager = MANAGERS.find(({ part }) => plain.includes(part));
  if (manager !== undefined) return { name: manager.name, command: manager.command };
  const folder = dirname(path);
  for (const library of ["lib", "Lib"]) {
    if (!await hasWheel(fs, join(folder, "..", library))) continue;
    return { name: "pip", command: `${join(folder, "python")} -m pip install --upgrade kedro-azureml-cli` };
  }
  return undefined;
}

/** Whether the wheel is installed below a folder of Python libraries. */
async function hasWheel(fs: AppContext["fs"], libraries: string): Promise<boolean> {
  if ((await fs.stat(libraries))?.kind !== "folder") return false;
  const isOnTheWay = (name: string) =>
    name.startsWith("python") || name === "site-packages" || name.startsWith("kedro_azureml_cli-");
  for await (const { path } of fs.walk(libraries, (folder) => isOnTheWay(basename(folder)))) {
    if (path.includes("kedro_azureml_cli-")) return true;
  }
  return false;
}
