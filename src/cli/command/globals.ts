/** Options that every command takes, before or after its name. */
export interface Globals {
  /** `-e`: the Kedro environment. */
  readonly env?: string;
  /** `-C`: the folder to work in, as typed. */
  readonly directory?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  /** False with `--no-color`. */
  readonly color?: boolean;
  /** False with `--no-input`. */
  readonly input?: boolean;
}
