import type { WorkspaceConfig } from "../../config/schema.ts";
import { azLine, principalLine, roleCommand, workspaceOptions } from "./roles.ts";

export interface RanOn {
  readonly compute: string | undefined;
  readonly workspace: WorkspaceConfig;
}

export interface KnownFailure {
  readonly is: RegExp;
  /** Where it is documented, or was reported. */
  readonly read: string;
  readonly advice: string | ((where: RanOn, found: RegExpExecArray, said: string) => string);
}

/** Placeholder in a command for a compute that Azure did not name. */
export const UNKNOWN = "<compute>";

/**
 * The identity that a step uses. On serverless compute it is that of the user by default, as
 * https://learn.microsoft.com/azure/machine-learning/how-to-use-serverless-compute says.
 */
export const identity = (where: RanOn) =>
  where.compute === "serverless" ? "your own identity" : "the compute's identity";

/** Asks for a role of that identity on a resource. @param expression A shell expression for its id, if known. */
export function askOwner(
  { workspace, compute = UNKNOWN }: RanOn,
  role: string,
  resource: string,
  expression?: string,
): string {
  const assignee = compute === "serverless" ? "<your object id>" : principalLine(workspace, compute);
  const scope = expression === undefined ? `<id of the ${resource}>` : { expression };
  return `ask an owner to run \`${roleCommand({ role, scope, assignee })}\``;
}

export const computeLine = (
  { workspace, compute = UNKNOWN }: RanOn,
  verb: string,
  options: Readonly<Record<string, string>> = {},
) => azLine(`compute ${verb}`, { name: compute, ...workspaceOptions(workspace), ...options });

export const OTHER_IMAGE =
  "`kedro-azureml init --environment` writes an environment with Python, Kedro and the plugin";

/** What a change of the environment's packages takes to reach the steps. */
export const THEN_PUSH = "then run `kedro-azureml environment push`";
