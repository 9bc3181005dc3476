/** What the command line checks while it is parsed, and defaults that help names, so this loads nothing else. */

export { USUAL_CLUSTER } from "../../azureml/service/assets/cluster.ts";
export { GROUP_MODES, parseGroupMode } from "../../azureml/job/groups/mode.ts";
export { isJobName } from "../../azureml/job/name.ts";

/** How many steps run on this machine at once, unless `--jobs` says otherwise. */
export const PARALLEL_STEPS = 2;
