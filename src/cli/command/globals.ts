import type { ProjectOptions } from "../../app/context.ts";

/** Options that every command takes, before or after its name. */
export interface Globals extends ProjectOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  /** False with `--no-color`. */
  readonly color?: boolean;
  /** False with `--no-input`. */
  readonly input?: boolean;
}
