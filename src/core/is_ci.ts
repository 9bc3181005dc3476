import type { Context } from "./context.ts";

/** Variables that CI systems set; `CI` is set by most. */
const NAMES = ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_BUILDID"];

/** Whether a CI system runs this: nobody answers there, and what is built may be anybody's. */
export function isCi(env: Context["env"]): boolean {
  return NAMES.some((name) => !["", "false"].includes((env[name] ?? "").toLowerCase()));
}
