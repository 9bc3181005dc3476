/** What the command line checks while it is parsed, so this loads nothing else. */

export { GROUP_MODES, parseGroupMode } from "../../azureml/job/groups/mode.ts";
export { isJobName } from "../../azureml/job/name.ts";
