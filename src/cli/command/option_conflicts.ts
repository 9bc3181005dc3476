import { ExitCode, UserError } from "../../core/errors.ts";

/** Flags that change how a project is read or compiled, by option name. */
const PROJECT_FLAGS = {
  env: "-e",
  params: "--params",
  paramsFile: "--params-file",
  loadVersions: "--load-versions",
  groupBy: "--group-by",
  displayName: "--display-name",
  python: "--python",
  snapshot: "--snapshot",
  allowEnvNames: "--allow-env-names",
  readTimeout: "--read-timeout",
  onJobScheduled: "--on-job-scheduled",
  delete: "--delete",
  pipeline: "--pipeline",
  pipelines: "--pipelines",
  nodes: "--nodes",
  tags: "--tags",
  fromNodes: "--from-nodes",
  toNodes: "--to-nodes",
  fromInputs: "--from-inputs",
  toOutputs: "--to-outputs",
  namespaces: "--namespaces",
} as const;

/** Flags for packages, by option name. */
const PACKAGE_FLAGS = {
  sha256: "--sha256",
  subscriptionId: "--subscription-id",
  resourceGroup: "--resource-group",
  workspaceName: "--workspace-name",
} as const;

/**
 * Rejects options that have no effect on a package.
 *
 * @throws {UserError} `usage.package`.
 */
export function refuseProjectOptions(options: object): void {
  refuse(options, PROJECT_FLAGS, {
    sentence: (flag) => `\`${flag}\` cannot be combined with \`--package\`, whose jobs are already compiled`,
    hint: "Omit it, or pass it to `kedro-azureml pack`",
  });
}

/**
 * Rejects options that have no effect without a package.
 *
 * @throws {UserError} `usage.package`.
 */
export function refusePackageOptions(options: object): void {
  refuse(options, PACKAGE_FLAGS, {
    sentence: (flag) => `\`${flag}\` requires \`--package\``,
    hint: "Add `--package FILE`, or omit it",
  });
}

/** Flags for following jobs, by option name. */
const FOLLOW_FLAGS = { timeout: "--timeout", logs: "--logs" } as const;

/**
 * Rejects options that have no effect unless jobs are followed.
 *
 * @throws {UserError} `usage.needs_wait`.
 */
export function refuseFollowOptions(options: { readonly waitForCompletion?: boolean }): void {
  if (options.waitForCompletion) return;
  refuse(options, FOLLOW_FLAGS, {
    code: "usage.needs_wait",
    sentence: (flag) => `\`${flag}\` requires \`--wait\``,
    hint: "Add `--wait`, or omit it",
  });
}

function refuse(
  options: object,
  flags: Readonly<Record<string, string>>,
  { code = "usage.package", sentence, hint }: {
    readonly code?: string;
    readonly sentence: (flag: string) => string;
    readonly hint: string;
  },
): void {
  const given = options as Readonly<Record<string, unknown>>;
  const found = Object.entries(flags).find(([key]) => given[key] !== undefined);
  if (found === undefined) return;
  throw new UserError(sentence(found[1]), { code, exit: ExitCode.Usage, hint });
}
