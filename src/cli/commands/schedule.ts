import { schedulesOf } from "../../azureml/job_schedules.ts";
import { putSchedule } from "../../azureml/schedules.ts";
import { checkSubmittable } from "../../azureml/submittable.ts";
import { type NamedSchedule, toScheduleRest } from "../../azureml/to_schedule.ts";
import type { Context } from "../../context.ts";
import { ExitCode, UserError } from "../../errors.ts";
import {
  type CompiledJobs,
  compileSelected,
  type CompilingOptions,
  type Selected,
  selectJobs,
} from "../jobs.ts";
import type { Output } from "../output.ts";
import { withParamsFile } from "../params_file.ts";
import { renderPlannedSchedule, renderScheduled } from "../render/schedule.ts";
import { type Baggage, openSubmitters, packBaggage, planOf, refusePlaceholders } from "../submission.ts";
import { deleteSchedules } from "../unscheduling.ts";

/** Options of `schedule`. */
export interface ScheduleOptions extends CompilingOptions {
  readonly workspace?: string;
  readonly dryRun?: boolean;
  readonly delete?: boolean;
}

/** Creates or updates the schedules of jobs; nothing is sent unless all of them can be made. */
export async function* schedule(ctx: Context, given: ScheduleOptions): AsyncIterable<Output> {
  const options = await withParamsFile(ctx, given);
  if (options.delete && options.amlEnv !== undefined) throw deleteAndEnvironment();
  const selected = await selectJobs(ctx, options);
  const { session, jobs } = selected;
  if (options.delete) {
    yield { data: undefined, text: "", warnings: session.warnings };
    return yield* deleteSchedules(ctx, selected, options);
  }
  const { azureml: config, place } = session.config;
  const schedules = schedulesOf({ config, jobs, place });
  const { specs, told } = compileSelected(selected, options);
  yield told;
  specs.forEach(checkSubmittable);
  const baggage = await packBaggage(ctx, selected, options);
  specs.forEach(baggage.workspaceOf);
  const send = { ctx, selected, options, baggage, specs, schedules };
  if (options.dryRun) return yield* planSchedules(send);
  refusePlaceholders(session.config);
  yield* sendSchedules(send);
}

/** @internal What schedules are made of. */
interface Sending {
  readonly ctx: Context;
  readonly selected: Selected;
  readonly options: ScheduleOptions;
  readonly baggage: Baggage;
  readonly specs: CompiledJobs["specs"];
  readonly schedules: readonly NamedSchedule[];
}

async function* planSchedules({ selected, baggage, specs, schedules }: Sending): AsyncIterable<Output> {
  const { root } = selected.session.project;
  for (const one of schedules) {
    const plan = await planOf(specs.get(one.job)!, baggage, root);
    yield renderPlannedSchedule(one, plan, toScheduleRest(one, plan.body));
  }
}

async function* sendSchedules(sending: Sending): AsyncIterable<Output> {
  const { ctx, selected, options, baggage, specs, schedules } = sending;
  const { root } = selected.session.project;
  const { submitterOf } = await openSubmitters(ctx, baggage, { ...options, root });
  for (const [job, spec] of specs) {
    const [workspace, submitter] = submitterOf(spec);
    const body = await submitter.prepare(spec);
    for (const one of schedules.filter((schedule) => schedule.job === job)) {
      await putSchedule(workspace, one.name, toScheduleRest(one, body));
      yield renderScheduled(one, workspace.config);
    }
  }
}

function deleteAndEnvironment(): UserError {
  return new UserError("Cannot take `--delete` and `--aml-env` together", {
    code: "usage.delete_and_environment",
    exit: ExitCode.Usage,
    hint: "Leave `--aml-env` out: a schedule is deleted by its name",
  });
}
