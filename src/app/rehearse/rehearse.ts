import { isOwnOutput } from "../../azureml/job/code/own_outputs.ts";
import { stepNamed, stepsOfSpec } from "../../azureml/job/steps.ts";
import { durationText } from "../../core/format.ts";
import { join } from "node:path";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import { interruption } from "../../core/interruption.ts";
import { didYouMean } from "../../core/suggest.ts";
import type { AppContext, FollowedEvent } from "../context.ts";
import { selectJobs } from "../project/select_jobs.ts";
import { checkJobs, type CheckOptions, prepareJobs, problemsError } from "../check/check.ts";
import { removeTree } from "../../emulator/runner/programs.ts";
import { type EmulatorServer, openStateFolder, startEmulator } from "../emulator/start_emulator.ts";
import { clientEnv, seedFor } from "../emulator/use.ts";
import { outputPath, refuseOverwrite, requireFolder, requireWritable, shownPath } from "../output_files.ts";
import { nodeSources } from "../report/page_file.ts";
import type { FollowRequest, RunResult } from "../runs/follow_runs.ts";
import { keptRehearsals, newRehearsal } from "../runs/rehearsals.ts";
import { openRuns } from "../runs/targets.ts";
import { sendJobs } from "../submit/submit.ts";
import { writeReports, type WrittenReport } from "../report/run_page.ts";
import { makeEnvironment, requireKedro, stepRequirements } from "./python.ts";
import { INIT_PAGE } from "../defaults.ts";
import { chooseLocalData, openRunner, placesInCatalog, refuseWindows, resolveDataMap } from "./prepare.ts";

/** Results of `rehearse`: the checks' warnings, the Python and folder in use, and each job's results. */
export type RehearseResult =
  | {
    readonly type: "checked";
    readonly warnings: readonly Warning[];
    /** Whether azureml.yml names no workspace yet. */
    readonly hasPlaceholders: boolean;
  }
  | {
    readonly type: "rehearsing";
    /** The Python that was named; `undefined` if steps run in an environment that was made for them. */
    readonly python: string | undefined;
    /** Where the files of the steps are kept; `undefined` if they are deleted. */
    readonly folder: string | undefined;
    /** The data assets that were found in the project, with their paths for display. */
    readonly data: readonly { readonly name: string; readonly path: string }[];
  }
  | { readonly type: "report"; readonly job: string; readonly report: WrittenReport }
  | RunResult;

/** Milliseconds between two polls of the emulator. */
const POLL_MS = 250;

export type RehearseOptions =
  & CheckOptions
  & FollowRequest
  & Omit<Parameters<typeof openRunner>[1], "state">
  & {
    readonly fail?: readonly string[] | undefined;
    /** HTML file to write a report of each job to; several jobs get one file each. */
    readonly report?: string | undefined;
    /** Whether reports include the beginning of files that steps wrote. */
    readonly previews?: boolean | undefined;
    readonly force?: boolean | undefined;
  };

/**
 * Runs jobs on this machine as Azure ML would: compiles and checks them, submits them to an emulator that runs their
 * steps, and follows them.
 *
 * @throws {UserError} as `submit`, and `rehearse.*`.
 */
export async function* rehearseJobs(
  ctx: AppContext,
  options: RehearseOptions,
): AsyncIterable<RehearseResult> {
  const { report, force, previews } = options;
  refuseWindows(ctx);
  const checking = { ...options, action: "rehearse", fillsPlaceholders: true, runsSteps: true };
  const { specs, inputs, warnings, selected } = await prepareJobs(ctx, checking, async ({ jobs }) => {
    for (const job of report === undefined ? [] : jobs.keys()) {
      const path = outputPath(ctx, report!, jobs.size > 1 ? job : undefined);
      await refuseOverwrite(ctx, path, force);
      await requireFolder(ctx, path);
      await requireWritable(ctx, path);
    }
  });
  const { session: { config, project, env } } = selected;
  yield { type: "checked", warnings, hasPlaceholders: config.hasPlaceholders ?? false };
  const namedData = await resolveDataMap(ctx, options.data);
  const data = await chooseLocalData(ctx, selected.session, [...specs.values()], namedData);
  const fail = keysOf(specs, options.fail ?? []);
  for (const [job, { steps, pipelineName: pipeline }] of specs) {
    ctx.report({ type: "compiled", job, steps: steps.length, pipeline, project: project.name, env });
  }
  await requireKedro(ctx, options);
  const own = () => newRehearsal(ctx, project.root);
  const runner = await openRunner(ctx, { ...options, own, data }, options.directory);
  const { folder } = runner.options;
  const keep = runner.isTemporary ? undefined : options.keep ?? folder;
  if (options.keep === undefined && keep !== undefined) await removeEnded(ctx, project.root);
  yield {
    type: "rehearsing",
    python: (options.venv ?? options.stepPython) === undefined ? undefined : runner.python,
    folder: keep === undefined ? undefined : folder,
    data: Object.entries(data).filter(([name]) => !Object.hasOwn(namedData, name))
      .map(([name, path]) => ({ name, path: shownPath(ctx, path) })),
  };
  const server = await startEmulator(ctx, {
    seed: seedFor(config.azureml),
    fail,
    run: { ...runner.options, localData: placesInCatalog(selected.session) },
    ...(keep === undefined ? { caFile: join(folder, "ca.pem") } : { state: keep }),
  });
  const inside = insideOf(ctx, server, folder);
  const page = report === undefined ? await pageOfInit(ctx, project.root) : undefined;
  const sources = report === undefined && page === undefined
    ? undefined
    : nodeSources(await selected.session.source(), selected.session.snapshot);
  try {
    const results = sendJobs(inside, [...specs.values()], inputs, { ...options, wait: true });
    for await (const result of results) {
      yield result;
      if (sources === undefined || result.type !== "ended") continue;
      const { job, name } = result.run;
      const file = page ?? outputPath(ctx, report!, specs.size > 1 ? job : undefined);
      const targets = await openRuns(inside, { ...options, workspace: undefined, names: [name] });
      for await (const written of writeReports(inside, targets, { file, force, previews, sources })) {
        yield { type: "report", job, report: written };
      }
    }
  } catch (thrown) {
    if (ctx.signal.aborted) {
      const rest = keep === undefined ? "nothing of it is left" : `its files are in ${keep}`;
      throw interruption(ctx.signal.reason, [`the rehearsal was stopped, and ${rest}`]);
    }
    if (!(thrown instanceof UserError) || thrown.code !== "job.timed_out") throw thrown;
    throw new UserError(`Stopped the rehearsal after ${durationText(options.timeoutMs!)}`, {
      // job.timed_out: `--timeout` was reached. The job goes on; follow it with `job follow`. A rehearsal is
      //   stopped.
      code: "job.timed_out",
      exit: ExitCode.TimedOut,
      hint: "Use a longer `--timeout`, or remove it",
    });
  } finally {
    await server.cleanUp();
    await runner.close();
  }
}

/** The page that `init --rehearse` wrote into the project, which shows the last job that was rehearsed. */
async function pageOfInit(ctx: Pick<AppContext, "fs">, root: string): Promise<string | undefined> {
  const page = join(root, INIT_PAGE);
  return await isOwnOutput(ctx.fs, page) ? page : undefined;
}

/** Removes what earlier rehearsals of this project kept without being asked to, unless they are still running. */
async function removeEnded(ctx: AppContext, root: string): Promise<void> {
  for (const folder of await keptRehearsals(ctx, root)) {
    const hasEnded = await openStateFolder(ctx, folder).then(() => true, () => false);
    if (hasEnded) await removeTree(ctx, folder).catch(() => {});
  }
}

/**
 * Rejects jobs for what is not mended by rewriting the catalog. Without a person, who is asked before the catalog is
 * changed and should not wait for the question, also makes the environment of their steps, which takes minutes.
 *
 * @throws {UserError} as `validate`; `rehearse.*`.
 */
export async function requireSound(ctx: AppContext, options: CheckOptions): Promise<void> {
  const selected = await selectJobs(ctx, { ...options, fillsPlaceholders: true });
  const checked = await checkJobs(ctx, selected, { ...options, runsSteps: true });
  const findings = checked.findings.filter(({ code }) => !code.startsWith("dataset."));
  const error = problemsError("rehearse", { ...checked, findings }, { jobs: options.names });
  if (error !== undefined) throw error;
  if (ctx.person !== undefined) return;
  await makeEnvironment(ctx, await stepRequirements(ctx, selected.session.project, undefined));
}

/** The keys of the steps that are to fail. @throws {UserError} `rehearse.fail` if no job has such a step. */
function keysOf(specs: ReadonlyMap<string, JobSpec>, fail: readonly string[]): readonly string[] {
  const jobs = [...specs.values()].map(stepsOfSpec);
  return fail.flatMap((typed) => {
    const keys = jobs.flatMap((steps) => stepNamed(steps, typed)?.key ?? []);
    if (keys.length > 0) return keys;
    const known = [...new Set(jobs.flatMap((steps) => steps.map(({ label }) => label)))];
    throw new UserError(`No step is named "${typed}"${didYouMean(typed, known)}`, {
      // rehearse.fail: `--fail` names no step. Use one of those that the hint lists.
      code: "rehearse.fail",
      hint: `Use \`--fail\` with one of ${known.join(", ")}`,
    });
  });
}

/** Events that make no sense in a rehearsal, because they are about Azure. */
const HIDDEN = new Set(["identity", "workspace", "compute", "environment", "data", "component", "sending"]);

/** A context that sends all requests to the emulator and stores nothing permanently. */
function insideOf(ctx: AppContext, server: EmulatorServer, folder: string): AppContext {
  // With it, the rehearsal would be remembered outside its own home folder.
  const { XDG_STATE_HOME: _, ...own } = clientEnv(ctx.env);
  const { origin, env } = server.ready;
  const network = {
    fetch: (request: Request) =>
      request.url.startsWith(`${origin}/`)
        ? server.fetch(request)
        : Promise.reject(new TypeError(`A rehearsal sends nothing to ${new URL(request.url).host}`)),
    probe: ctx.probe,
  };
  return {
    ...ctx,
    ...network,
    openNetwork: () => network,
    env: { ...own, ...env },
    home: join(folder, "home"),
    ci: ctx.ci && { ...ctx.ci, setOutputs: () => Promise.resolve() },
    pollMs: POLL_MS,
    report: (event) =>
      HIDDEN.has(event.type)
        ? undefined
        : ctx.report(event.type === "follow" ? withoutCompute(event) : event),
  };
}

/** The steps run on this machine, whatever compute the job names. */
function withoutCompute({ board, event, ...rest }: FollowedEvent): FollowedEvent {
  return {
    ...rest,
    board: { ...board, steps: () => board.steps().map((step) => ({ ...step, compute: undefined })) },
    event: event.type === "step" ? { ...event, run: { ...event.run, compute: undefined } } : event,
  };
}
