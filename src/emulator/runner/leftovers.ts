import type { StepMachine } from "./programs.ts";

/**
 * A shell function that prints the ids of the processes of a run, which have its `AZUREML_RUN_ID`. It also finds those
 * that left the process group, such as daemons, but only on Linux.
 */
export const LEFTOVERS = `leftovers() {
  grep -lszxF -- "AZUREML_RUN_ID=$1" /proc/[0-9]*/environ | sed 's|^/proc/||; s|/environ$||'
}`;

/** Kills the processes that a step left running, as Azure ML does by removing the step's container. */
export async function stopLeftovers({ exec }: StepMachine, runId: string): Promise<void> {
  await exec("sh", [
    "-c",
    `${LEFTOVERS}\nfor pid in $(leftovers "$1"); do kill -KILL "$pid"; done`,
    "sh",
    runId,
  ]);
}
