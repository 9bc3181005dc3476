import type { AppContext } from "../../app/context.ts";
import { startEmulator } from "../../app/emulator/server.ts";
import { seedFor } from "../../app/emulator/seed.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import type { Output } from "../command/output.ts";
import { renderReady } from "./emulator_text.ts";
import { openConfig } from "../../app/project/open.ts";

/** Options of `emulator`. */
export interface EmulatorCommandOptions extends GlobalOptions {
  /** Port, as typed. */
  readonly port?: string;
  readonly caFile?: string;
  /** Names of steps that fail in every job. */
  readonly fail?: readonly string[];
  /** Whether users need multi-factor authentication to change anything. */
  readonly demandMfa?: boolean;
}

/** Serves an emulator with the workspaces, computes and environments of azureml.yml until Ctrl+C. */
export async function* emulator(ctx: AppContext, options: EmulatorCommandOptions): AsyncIterable<Output> {
  const { azureml, warnings } = await openConfig(ctx, options);
  yield { data: undefined, text: "", warnings };
  const server = await startEmulator(ctx, { ...options, seed: seedFor(azureml) });
  try {
    yield renderReady(server.ready);
    await server.finished;
  } finally {
    await server.cleanUp();
  }
}
