import type { Context } from "./context.ts";

/** Variables that CI systems set; most of them set `CI`. */
const NAMES = ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_BUILDID"];

/** Whether a CI system runs the program: then it never prompts, and the project may be untrusted. */
export function isCi(env: Context["env"]): boolean {
  return NAMES.some((name) => !["", "false"].includes((env[name] ?? "").toLowerCase()));
}
