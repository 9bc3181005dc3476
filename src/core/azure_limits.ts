/** What Azure ML accepts and how much of it, and what this program uses by default; quoted once, for client and emulator. */

/** Whether Azure ML accepts a text as the name of a job. */
export function isJobName(text: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}$/.test(text);
}

/** How a compute cluster is created. */
export interface ClusterSettings {
  /** Size of its machines, such as `Standard_DS3_v2`. */
  readonly vmSize: string;
  /** Machines that run, and cost money, even if no job needs them. */
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Seconds after its last job until a machine is released. */
  readonly idleSeconds: number;
  /** Whether it gets an identity of its own, to which roles can be assigned. */
  readonly hasIdentity?: boolean;
}

/** The cluster that `setup` creates unless its options say otherwise. */
export const USUAL_CLUSTER: ClusterSettings = {
  vmSize: "Standard_DS3_v2",
  minNodes: 0,
  maxNodes: 4,
  idleSeconds: 120,
};
