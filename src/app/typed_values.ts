/** What the command line checks while it is parsed, and defaults that help names, so this loads nothing else. */

export { GROUP_MODES, parseGroupMode } from "../azureml/job/compile/group_mode.ts";

/** How many steps run on this machine at once, unless `--jobs` says otherwise. */
export const PARALLEL_STEPS = 2;
