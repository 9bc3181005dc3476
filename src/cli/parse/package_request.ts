import type { WorkspaceNames } from "../../app/context.ts";
import type { PackageRequest } from "../../app/submit/package.ts";
import { refuse } from "./command.ts";
import type { JobsTyped } from "./requests.ts";

/** Options that change how a project is read or compiled, by their names in code. */
const PROJECT_OPTIONS = [
  ...["env", "params", "paramsFile", "loadVersions", "groupBy", "displayName", "python", "snapshot"],
  ...["allowEnvNames", "readTimeout", "onJobScheduled", "delete", "pipeline", "pipelines", "nodes", "tags"],
  ...["fromNodes", "toNodes", "fromInputs", "toOutputs", "namespaces"],
];

/** Options for packages. */
const PACKAGE_OPTIONS = ["sha256", "subscriptionId", "resourceGroup", "workspaceName"];

/** Jobs of a package, as typed; options that packages do not have are rejected by {@linkcode checkSource}. */
export interface PackageTyped
  extends WorkspaceNames, Pick<JobsTyped, "project" | "args" | "job" | "envVar" | "amlEnv"> {
  readonly package?: string;
  readonly sha256?: string;
}

/** The jobs of a package that a command works on. */
export function packageRequest(file: string, typed: PackageTyped): PackageRequest {
  const { workspace, subscriptionId, resourceGroup, workspaceName } = typed;
  return {
    package: { file, sha256: typed.sha256 },
    jobs: { names: [...typed.args.jobs, ...typed.job ?? []] },
    overrides: { environment: typed.amlEnv, environmentVariables: typed.envVar },
    workspace: { workspace, subscriptionId, resourceGroup, workspaceName },
    directory: typed.project.directory,
  };
}

/**
 * Whether the jobs come from a package or from the project.
 *
 * @throws {UserError} `usage.package` for options that only the other one has.
 */
export function checkSource(typed: PackageTyped): void {
  if (typed.package !== undefined) {
    refuse({ ...typed, env: typed.project.env }, PROJECT_OPTIONS, {
      code: "usage.package",
      sentence: (flag) =>
        `\`${flag}\` cannot be combined with \`--package\`, whose jobs are already compiled`,
      hint: "Omit it, or pass it to `kedro-azureml pack`",
    });
  } else {
    refuse(typed, PACKAGE_OPTIONS, {
      code: "usage.package",
      sentence: (flag) => `\`${flag}\` needs \`--package\``,
      hint: "Add `--package FILE`, or remove the option",
    });
  }
}
