import type { Context } from "./context.ts";

/** Variables that CI systems set; most of them set `CI`. */
const NAMES = ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_BUILDID"];

/** A CI system that the program writes results for; `ci` for all the rest. */
export type CiSystemName = "github" | "azure-pipelines" | "gitlab" | "ci";

/** The CI system that runs the program; `undefined` outside CI. */
export function ciSystemOf(env: Context["env"]): CiSystemName | undefined {
  if (env.GITHUB_ACTIONS === "true") return "github";
  if (/^true$/i.test(env.TF_BUILD ?? "")) return "azure-pipelines";
  if (env.GITLAB_CI === "true") return "gitlab";
  return isCi(env) ? "ci" : undefined;
}

/** Whether a CI system runs the program: then it never prompts, and the project may be untrusted. */
export function isCi(env: Context["env"]): boolean {
  return NAMES.some((name) => !["", "false"].includes((env[name] ?? "").toLowerCase()));
}
