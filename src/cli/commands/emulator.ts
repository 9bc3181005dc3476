import type { Context } from "../../context.ts";
import { startEmulator } from "../emulator_server.ts";
import { seedFor } from "../emulator_seed.ts";
import type { Globals } from "../globals.ts";
import type { Output } from "../output.ts";
import { renderReady } from "../render/emulator.ts";
import { openConfig } from "../session.ts";

/** Options of `emulator`. */
export interface EmulatorCommandOptions extends Globals {
  /** As typed. */
  readonly port?: string;
  readonly caFile?: string;
  /** Keys of steps that fail in every job. */
  readonly fail?: readonly string[];
}

/** Serves a workspace that has what `azureml.yml` names, until a signal comes. */
export async function* emulator(ctx: Context, options: EmulatorCommandOptions): AsyncIterable<Output> {
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
