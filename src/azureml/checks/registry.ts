import * as code from "./code.ts";
import * as conf from "./conf.ts";
import * as dataset from "./dataset.ts";
import * as environment from "./environment.ts";
import { type Finding, merged } from "./finding.ts";
import { checkout } from "./git.ts";
import * as job from "./job.ts";
import * as notification from "./notification.ts";
import { schedules } from "./schedule.ts";
import type { Check, JobSubject } from "./subject.ts";
import { workspaces } from "./workspace.ts";

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
