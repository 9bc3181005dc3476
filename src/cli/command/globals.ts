/** Options that every command takes, before or after its name. */
export interface Globals {
  /** `-e`: the Kedro environment. */
  readonly env?: string;
  /** `-C`: the folder to work in, as typed. */
  readonly directory?: string;
  readonly json?: boolean;
  /** Folders outside of the project that its code and its configuration may be in, as typed. */
  readonly allowOutside?: readonly string[];
  readonly verbose?: boolean;
  /** False with `--no-color`. */
  readonly color?: boolean;
  /** False with `--no-input`. */
  readonly input?: boolean;
}
