import * as code from "./code_checks.ts";
import * as conf from "./conf_checks.ts";
import * as dataset from "./dataset_checks.ts";
import * as environment from "./environment_checks.ts";
import { type Finding, merged } from "./finding.ts";
import { checkout } from "./git_checks.ts";
import * as job from "./job_checks.ts";
import * as notification from "./notification_checks.ts";
import { schedules } from "./schedule_checks.ts";
import type { Check, JobSubject } from "./subject.ts";
import { workspaces } from "./workspace_checks.ts";

/** All that can be asked of a project without Azure, in the order in which it is told. */
export const OFFLINE_CHECKS: readonly Check[] = [
  conf.configWarnings,
  workspaces,
  job.noSteps,
  job.stepNames,
  job.undeclaredInputs,
  job.longCommands,
  job.largeJob,
  job.shortTimeout,
  job.visibleSecrets,
  job.collidingNames,
  job.serverless,
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
  dataset.rootsInUpload,
  dataset.outputsStay,
  conf.envReferences,
  notification.notificationVariables,
  notification.notificationPayload,
  schedules,
  checkout,
];

/** What `compile` warns of: all that a job's own configuration shows, and that could only fail in the cloud. */
export const COMPILE_CHECKS: readonly Check<JobSubject>[] = [
  workspaces,
  job.noSteps,
  job.stepNames,
  environment.noEnvironment,
  environment.environmentKind,
  schedules,
];

/** Asks all of it; equal findings of several jobs are one. Pure. */
export function runChecks<S extends JobSubject>(subject: S, checks: readonly Check<S>[]): Finding[] {
  return merged(checks.flatMap(({ run }) => run(subject)));
}
