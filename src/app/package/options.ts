import { ExitCode, UserError } from "../../core/errors.ts";
import type { CompileJobOptions } from "../project/select_jobs.ts";

/** How a package is used. */
export interface PackageOptions extends CompileJobOptions {
  /** The package, as typed. */
  readonly package: string;
  /** What its SHA-256 must be. */
  readonly sha256?: string;
  readonly workspace?: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly workspaceName?: string;
}

/** Options that change how a project is read or compiled: a package was. */
const OF_THE_PROJECT = {
  env: "-e",
  params: "--params",
  paramsFile: "--params-file",
  loadVersions: "--load-versions",
  displayName: "--display-name",
  python: "--python",
  snapshot: "--snapshot",
  allowEnvNames: "--allow-env-names",
  readTimeout: "--read-timeout",
  onJobScheduled: "--on-job-scheduled",
  delete: "--delete",
} as const;

/** Options that say how a package is used. */
const OF_THE_PACKAGE = {
  sha256: "--sha256",
  subscriptionId: "--subscription-id",
  resourceGroup: "--resource-group",
  workspaceName: "--workspace-name",
} as const;

/**
 * Refuses with a package what only means something where the project is.
 *
 * @throws {UserError} `usage.package`.
 */
export function refuseProjectOptions(options: object): void {
  refuse(options, OF_THE_PROJECT, {
    sentence: (flag) =>
      `Cannot take \`${flag}\` with \`--package\`: its jobs were compiled where it was packed`,
    hint: "Leave it out, or give it to `kedro-azureml pack`",
  });
}

/**
 * Refuses without a package what only means something with one.
 *
 * @throws {UserError} `usage.package`.
 */
export function refusePackageOptions(options: object): void {
  refuse(options, OF_THE_PACKAGE, {
    sentence: (flag) => `Cannot take \`${flag}\` without \`--package\``,
    hint: "Name the package with `--package FILE`, or leave the option out",
  });
}

function refuse(
  options: object,
  flags: Readonly<Record<string, string>>,
  { sentence, hint }: { readonly sentence: (flag: string) => string; readonly hint: string },
): void {
  const given = options as Readonly<Record<string, unknown>>;
  const found = Object.entries(flags).find(([key]) => given[key] !== undefined);
  if (found === undefined) return;
  throw new UserError(sentence(found[1]), { code: "usage.package", exit: ExitCode.Usage, hint });
}
