import type { Context } from "./context.ts";

/** Variables that CI systems set; `CI` is set by most. */
const NAMES = ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_BUILDID"];

/** Whether a CI system runs this: no prompts there, and the project may be a stranger's. */
export function isCi(env: Context["env"]): boolean {
  return NAMES.some((name) => !["", "false"].includes((env[name] ?? "").toLowerCase()));
}
