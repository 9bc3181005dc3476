import type { AppContext } from "../../app/context.ts";
import { startEmulator } from "../../app/emulator/server.ts";
import { seedFor } from "../../app/emulator/seed.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import type { Output } from "../command/output.ts";
import { renderReady } from "./emulator_text.ts";
import { openConfig } from "../../app/project/open.ts";
import { openRunner, type StepOptions } from "../../app/rehearse/open_runner.ts";

/** Options of `emulator`. */
export interface EmulatorCommandOptions extends GlobalOptions, StepOptions {
  /** Whether the steps of jobs are run on this machine. */
  readonly runSteps?: boolean;
  /** As typed. */
  readonly port?: string;
  readonly caFile?: string;
  /** Names of steps that fail in every job. */
  readonly fail?: readonly string[];
  /** Whether writes of users need multi-factor authentication. */
  readonly demandMfa?: boolean;
}

/** Serves a workspace with the computes and environments of `azureml.yml`, until Ctrl+C. */
export async function* emulator(ctx: AppContext, options: EmulatorCommandOptions): AsyncIterable<Output> {
  const { python: _, ...reading } = options;
  const { azureml, warnings } = await openConfig(ctx, reading);
  yield { data: undefined, text: "", warnings };
  const runner = options.runSteps ? await openRunner(ctx, options) : undefined;
  const run = runner && { run: runner.options };
  const server = await startEmulator(ctx, { ...reading, seed: seedFor(azureml), ...run });
  try {
    yield renderReady(server.ready, runner?.python);
    await server.finished;
  } finally {
    await server.cleanUp();
    await runner?.close();
  }
}
