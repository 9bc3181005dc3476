import { ExitCode, interruption, UserError } from "../../../core/errors.ts";
import { type Fields, textOf } from "../../../core/fields.ts";
import { askService } from "../client/read_json.ts";
import type { Workspace } from "../client/workspace.ts";
import { openLogReader } from "./log_reader.ts";
import { findApi } from "../runs/discovery.ts";

/** What happens while an image is built: its state changes, or lines are added to its log. */
export type BuildEvent =
  | { readonly type: "status"; readonly status: string }
  | { readonly type: "log"; readonly text: string };

const POLL_MS = 5000;
const RUNNING = ["running", "gettingorprovisioningacr", "queued", "notstarted"];
const SUCCEEDED = ["succeeded", "completed"];

/**
 * Has Azure ML build the image of an environment, and follows the build. An image that exists is not built again.
 *
 * The requests and the states are those of `Environment.build()` in azureml-core 1.61; azure-ai-ml has no such operation,
 * and no recording shows it.
 *
 * @throws {UserError} `environment.build_failed`; `interrupted`, which says how to follow again; `azure.*`, `network.*`.
 */
export async function* buildImage(
  workspace: Workspace,
  { name, version }: { readonly name: string; readonly version: string },
): AsyncIterable<BuildEvent> {
  const action = `build the image of environment "${name}:${version}"`;
  const api = await findApi(workspace);
  const environment = `environments/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;
  const url = `${api}/environment/v2.0${workspace.id}/${environment}/image`;
  const started = await askService<Fields>(workspace, { action, url, body: {}, isExpected: isBuild });
  try {
    yield* followBuild(workspace, action, started);
  } catch (thrown) {
    const { aborted, reason } = workspace.signal;
    if (!aborted) throw thrown;
    throw interruption(reason, [`Azure ML keeps building the image of environment "${name}:${version}"`], {
      hint: "Run `kedro-azureml environment push --follow` to follow it again",
    });
  }
}

/** Whether an answer has the state of a build, or the place of a build that has started. */
function isBuild({ status, location }: Fields): boolean {
  return textOf(status ?? location) !== undefined;
}

async function* followBuild(
  workspace: Workspace,
  action: string,
  started: Fields,
): AsyncIterable<BuildEvent> {
  const log = openLogReader(workspace);
  let shown: string | undefined;
  for (let at = started;;) {
    const status = textOf(at.status) ?? "Queued";
    const isRunning = RUNNING.includes(status.toLowerCase());
    if (typeof at.logUrl === "string") {
      const text = await log.read(at.logUrl, { isLast: !isRunning });
      if (text !== "") yield { type: "log", text };
    }
    if (status !== shown) yield { type: "status", status: shown = status };
    if (SUCCEEDED.includes(status.toLowerCase())) return;
    if (!isRunning || started.location === undefined) throw failed(action, status);
    if (at !== started) await workspace.clock.sleep(POLL_MS, workspace.signal);
    at = await askService<Fields>(workspace, { action, url: String(started.location), isExpected: isBuild });
  }
}

function failed(action: string, status: string): UserError {
  return new UserError(`Cannot ${action}: the build ended as ${status}`, {
    code: "environment.build_failed",
    exit: ExitCode.Rejected,
    hint: "Read the end of the log above, change environment/conda.yml, and run the command again",
  });
}
