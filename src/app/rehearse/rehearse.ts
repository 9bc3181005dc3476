import { join, resolve } from "node:path";
import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import type { DataMap } from "../../emulator/runner/data_assets.ts";
import { removeTree } from "../../emulator/runner/programs.ts";
import type { AppContext } from "../context.ts";
import { type CheckOptions, requireSubmittable } from "../check/check.ts";
import { type EmulatorServer, startEmulator } from "../emulator/server.ts";
import { seedFor } from "../emulator/seed.ts";
import { withParamsFile } from "../project/params_file.ts";
import { selectJobs } from "../project/select_jobs.ts";
import type { RunResult } from "../runs/results.ts";
import { sendJobs } from "../submit/send.ts";
import { requireLocalData, resolveDataMap } from "./data_map.ts";
import { openStepPython, type StepPythonOptions } from "./python.ts";

/** Options of `rehearse`. */
export interface RehearseOptions extends Omit<CheckOptions, "python">, StepPythonOptions {
  /** Local files and folders by the data asset that they stand for, as typed. */
  readonly data?: DataMap;
  /** How many steps may run at once; 2 when absent. */
  readonly jobs?: number;
  /** Folder for the files of the steps, which then stay; as typed. */
  readonly keep?: string;
  /** Steps that fail, by key. */
  readonly fail?: readonly string[];
  /** Seconds to run at most. */
  readonly timeout?: number;
}

/** What `rehearse` yields: the warnings of the checks, what is rehearsed, and the results of each job. */
export type RehearseResult =
  | { readonly type: "checked"; readonly warnings: readonly Warning[] }
  | { readonly type: "rehearsing"; readonly python: string; readonly folder: string | undefined }
  | RunResult;

/** Milliseconds between two looks at the emulator. */
const POLL_MS = 250;

/**
 * Runs jobs on this machine as Azure ML would: compiles and checks them, submits them to an emulator that runs their
 * steps, and follows them.
 *
 * @throws {UserError} as `submit`, and `rehearse.*`.
 */
export async function* rehearseJobs(ctx: AppContext, given: RehearseOptions): AsyncIterable<RehearseResult> {
  refuseWindows(ctx);
  const options = await withParamsFile(ctx, given);
  const { python: _, ...reading } = options;
  const selected = await selectJobs(ctx, reading);
  const { session: { config, project, env } } = selected;
  const { specs, inputs, warnings } = await requireSubmittable(ctx, selected, {
    ...reading,
    action: "rehearse",
  });
  yield { type: "checked", warnings };
  const data = await resolveDataMap(ctx, options.data);
  requireLocalData(specs.values(), data);
  for (const [job, { steps, pipelineName: pipeline }] of specs) {
    ctx.report({ type: "compiled", job, steps: steps.length, pipeline, project: project.name, env });
  }
  const { python, bin } = await openStepPython(ctx, options);
  const kept = options.keep === undefined ? undefined : resolve(ctx.cwd, options.keep);
  yield { type: "rehearsing", python, folder: kept };
  const folder = kept ?? temporaryFolder(ctx);
  const { fail = [], jobs: parallelSteps = 2 } = options;
  const server = await startEmulator(ctx, {
    seed: seedFor(config.azureml),
    fail,
    run: { folder, bin, parallelSteps, data },
  });
  try {
    yield* sendJobs(insideOf(ctx, server, folder), [...specs.values()], inputs, {
      ...reading,
      waitForCompletion: true,
    });
  } catch (thrown) {
    throw ctx.signal.aborted ? interrupted(ctx.signal.reason) : thrown;
  } finally {
    await server.cleanUp();
    if (kept === undefined) await removeTree(ctx, folder);
  }
}

/** Private to this user, as the steps' files may hold data. */
function temporaryFolder(ctx: AppContext): string {
  return join(ctx.env.TMPDIR ?? "/tmp", `kedro-azureml-rehearsal-${ctx.random.uuid()}`);
}

/** Steps are commands of bash, and paths in them those of Linux. */
function refuseWindows({ platform }: AppContext): void {
  if (platform !== "windows") return;
  throw new UserError("Cannot run steps on Windows: they are bash commands with Linux paths", {
    code: "rehearse.windows",
    exit: ExitCode.Usage,
    hint: "Run `kedro-azureml rehearse` in WSL (`wsl --install`), with the Linux executable",
  });
}

/** Variables of the user that would lead to Azure itself, or to another account. */
const OUTSIDE =
  /^(?:AZURE_|ARM_|MSI_|IDENTITY_|ACTIONS_ID_TOKEN_|XDG_STATE_HOME$|KEDRO_AZUREML_(?:CA|CLOUD)_FILE$)/;

/** Events about Azure, which a rehearsal has none of. */
const HIDDEN = new Set(["identity", "workspace", "compute", "environment", "data", "component", "sending"]);

/** The context in which everything is sent to the emulator, and nothing is remembered once it has stopped. */
function insideOf(ctx: AppContext, server: EmulatorServer, folder: string): AppContext {
  const own = Object.entries(ctx.env).filter(([name]) => !OUTSIDE.test(name));
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
    env: { ...Object.fromEntries(own), ...env },
    home: join(folder, "home"),
    person: undefined,
    ci: ctx.ci && { ...ctx.ci, setOutputs: () => Promise.resolve() },
    pollMs: POLL_MS,
    report: (event) => HIDDEN.has(event.type) ? undefined : ctx.report(event),
  };
}

function interrupted(signal: unknown): UserError {
  return new UserError(`Interrupted by ${signal}; the rehearsal was stopped`, {
    code: "interrupted",
    exit: signal === "SIGTERM" ? ExitCode.Terminated : ExitCode.Interrupted,
  });
}
