/** Defaults that help names, and what is checked while a command line is parsed: this loads nothing else. */

import { resolve } from "node:path";
import type { ClusterSettings } from "../azureml/resources/create.ts";

export { GROUP_MODES, parseGroupMode } from "../azureml/job/compile/group_mode.ts";

/** A Python interpreter as typed: a name that PATH finds, or a path, which becomes absolute. */
export function pythonProgram(cwd: string, typed: string | undefined): string | undefined {
  return typed !== undefined && /[\\/]/.test(typed) ? resolve(cwd, typed) : typed;
}

/** How many steps run on this machine at once, unless `--jobs` says otherwise. */
export const PARALLEL_STEPS = 2;

/** The cluster that `setup` creates unless its options say otherwise. */
export const USUAL_CLUSTER: ClusterSettings = {
  vmSize: "Standard_DS3_v2",
  minNodes: 0,
  maxNodes: 4,
  idleSeconds: 120,
};
