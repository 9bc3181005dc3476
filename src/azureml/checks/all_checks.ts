import * as code from "./upload.ts";
import { COMPILED_JOB_CHECKS } from "./compiled_job.ts";
import * as dataset from "./data_between_steps.ts";
import { datasetArguments } from "./dataset_arguments.ts";
import * as classes from "./dataset_classes.ts";
import * as location from "./dataset_paths.ts";
import * as environment from "./environment.ts";
import { type Finding, mergeFindings } from "./finding.ts";
import { leftOutFinding } from "./left_out.ts";
import * as job from "./job.ts";
import * as reference from "./references.ts";
import { missingPackages } from "./packages.ts";
import * as needs from "./code_needs.ts";
import type { Check, JobSubject } from "./subject.ts";

/**
 * Codes of warnings that stop a job: placeholders from `init`, projects whose steps the plugin cannot run, and an
 * mlflow.yml that kedro-mlflow cannot read.
 */
export const STOPPING: readonly string[] = [
  "config.interpolation",
  "config.placeholder",
  "config.yaml",
  "kedro.old",
];

/**
 * Turns warnings of reading and compiling into findings, except one that has its own check; those in
 * {@linkcode STOPPING} become errors.
 */
const configWarnings: Check = {
  asks: "Does the configuration have problems?",
  run: (subject) =>
    subject.warnings.filter(({ code }) => code !== "compile.not_in_catalog").map((warning) => ({
      ...leftOutFinding(warning, subject),
      ...(STOPPING.includes(warning.code) && { severity: "error" }),
    })),
};

/** All checks that need no requests to Azure, in the order in which their findings are shown. */
export const OFFLINE_CHECKS: readonly (Check | Check<JobSubject>)[] = [
  configWarnings,
  reference.noJobs,
  ...COMPILED_JOB_CHECKS,
  reference.workspaceNames,
  reference.computeNames,
  reference.unusedComputes,
  reference.unknownComputes,
  reference.mistypedEntries,
  reference.emptyFactories,
  job.undeclaredInputs,
  job.longCommands,
  job.largeJob,
  job.shortTimeout,
  job.visibleSecrets,
  job.groups,
  environment.startFolder,
  environment.unreadEnvironment,
  environment.refusedRequirements,
  environment.unknownPackages,
  ...code.CODE_CHECKS,
  code.projectInUpload,
  needs.modulesInUpload,
  needs.filesInUpload,
  needs.missingModules,
  code.confInUpload,
  code.secretsInConf,
  classes.datasetTypes,
  classes.datasetClasses,
  datasetArguments,
  job.missingParameters,
  missingPackages,
  environment.runtimeVersions,
  environment.oldImages,
  environment.mlflowVersions,
  environment.loggingRefused,
  location.localEndpoints,
  location.localMlflow,
  location.mountedPaths,
  location.storageAccounts,
  dataset.transcodedBetweenSteps,
  code.catalogCredentials,
  dataset.localBetweenSteps,
  dataset.factoriesNotMounted,
  dataset.rootsInUpload,
  dataset.outputsStay,
  needs.envReferences,
  needs.variablesOfCode,
  reference.unsetNotificationVariables,
  reference.missingNotificationPayload,
  reference.invalidSchedules,
  job.dirtyCheckout,
];

export const ENVIRONMENT_CHECKS = OFFLINE_CHECKS.filter((check) => check.in === "environment");

/** Runs checks and merges equal findings of several jobs. */
export function runChecks<S>(
  subject: S,
  checks: readonly Pick<Check<NoInfer<S>>, "run">[],
): Finding[] {
  return mergeFindings(checks.flatMap(({ run }) => run(subject)));
}
