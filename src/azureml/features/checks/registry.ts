import * as code from "./code.ts";
import * as conf from "./conf.ts";
import * as dataset from "./dataset.ts";
import * as environment from "./environment.ts";
import { type Finding, mergeFindings } from "./finding.ts";
import { checkoutState } from "./git.ts";
import * as job from "./job.ts";
import * as reference from "./job_references.ts";
import type { JobSubject, OfflineCheck } from "./subject.ts";

/** All checks that need no requests to Azure, in the order in which their findings are shown. */
export const OFFLINE_CHECKS: readonly OfflineCheck[] = [
  conf.configWarnings,
  reference.unknownWorkspaces,
  job.noSteps,
  job.stepNames,
  job.experimentNames,
  job.longTexts,
  job.undeclaredInputs,
  job.longCommands,
  job.largeJob,
  job.shortTimeout,
  job.visibleSecrets,
  job.collidingNames,
  job.serverless,
  job.groups,
  environment.noEnvironment,
  environment.environmentKind,
  environment.workingDirectory,
  environment.pluginInImage,
  ...code.CODE_CHECKS,
  code.projectInUpload,
  conf.confInUpload,
  dataset.transcodedBetweenSteps,
  dataset.catalogCredentials,
  dataset.localBetweenSteps,
  dataset.factoriesNotMounted,
  dataset.rootsInUpload,
  dataset.outputsStay,
  conf.envReferences,
  reference.unsetNotificationVariables,
  reference.missingNotificationPayload,
  reference.invalidSchedules,
  checkoutState,
];

/**
 * The checks whose findings `compile` reports as warnings: problems in the job's own configuration that would make it
 * fail in Azure.
 */
export const COMPILE_CHECKS: readonly OfflineCheck<JobSubject>[] = [
  reference.unknownWorkspaces,
  job.noSteps,
  job.stepNames,
  job.experimentNames,
  job.longTexts,
  environment.noEnvironment,
  environment.environmentKind,
  reference.invalidSchedules,
];

/** Runs checks and merges equal findings of several jobs. */
export function runChecks<S extends JobSubject>(subject: S, checks: readonly OfflineCheck<S>[]): Finding[] {
  return mergeFindings(checks.flatMap(({ run }) => run(subject)));
}
