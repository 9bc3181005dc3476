import { openWorkspace } from "../../azureml/service/client/open_workspace.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import { openRunHistory, type RunHistory } from "../../azureml/service/history/run_history.ts";
import type { Cloud } from "../../core/clouds/load.ts";
import type { Context } from "../../core/context.ts";
import { onceEach } from "../../core/async.ts";
import type { Emulator } from "../../emulator/emulator.ts";

/** An emulator, and what is needed to read from it. */
export interface EmulatorPageOptions extends Pick<Context, "clock" | "random" | "signal"> {
  readonly emulator: Pick<Emulator, "identity" | "inspect" | "issueToken" | "resources">;
  /** The cloud that the emulator imitates. */
  readonly cloud: Cloud;
}

/** A workspace of the emulator, and its run history. */
export interface PageWorkspace {
  readonly workspace: Workspace;
  readonly history: RunHistory;
}

/** Ten years: longer than any emulator runs. */
const TOKEN_SECONDS = 10 * 365 * 86_400;

/** Returns a function that opens a workspace by its id. Requests go directly to the emulator and may read anything. */
export function openWorkspaces(
  { emulator, ...options }: EmulatorPageOptions,
): (id: string) => Promise<PageWorkspace> {
  const issue = onceEach((scope: string) =>
    emulator.issueToken(scope.replace(/\/\.default$/, ""), TOKEN_SECONDS)
  );
  return onceEach(async (id) => {
    const [, , subscription_id = "", , resource_group = "", , , , name = ""] = id.split("/");
    const workspace = openWorkspace({
      ...options,
      config: { subscription_id, resource_group, name },
      anyNames: true,
      env: {},
      fetch: (request) => emulator.inspect(request),
      tokens: { getToken: (scope) => Promise.resolve({ token: issue(scope) }) },
    });
    return { workspace, history: await openRunHistory(workspace) };
  });
}
