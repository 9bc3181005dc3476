import type { ClusterSettings } from "../../core/azure_limits.ts";
import type { ComputeResource } from "@azure/arm-machinelearning";
import { ExitCode, interruption, UserError } from "../../core/errors.ts";
import { type Fields, textOf } from "../../core/json.ts";
import { putOne, runOperation } from "../client/arm.ts";
import { askService, type Workspace } from "../client/workspace.ts";
import { openGrowing } from "../storage/read.ts";
import { findApi } from "./hosts.ts";
import { KINDS } from "./kinds.ts";

export interface ClusterSpec extends ClusterSettings {
  readonly name: string;
}

/**
 * Creates a compute cluster and waits until it exists; its machines start when a job needs them.
 *
 * @param location The workspace's region.
 * @throws {UserError} `azure.*`, such as a quota or a missing role; `network.*`.
 */
export async function createCluster(
  workspace: Workspace,
  location: string | undefined,
  { name, vmSize, minNodes, maxNodes, idleSeconds, hasIdentity }: ClusterSpec,
): Promise<void> {
  await runOperation(workspace, {
    action: `create compute cluster "${name}"`,
    method: "PUT",
    path: `computes/${encodeURIComponent(name)}`,
    body: {
      ...(location !== undefined && { location }),
      ...(hasIdentity && { identity: { type: "SystemAssigned" } }),
      properties: {
        computeType: "AmlCompute",
        properties: {
          vmSize,
          vmPriority: "Dedicated",
          scaleSettings: {
            minNodeCount: minNodes,
            maxNodeCount: maxNodes,
            nodeIdleTimeBeforeScaleDown: `PT${idleSeconds}S`,
          },
        },
      },
    } satisfies ComputeResource,
  });
}

export interface EnvironmentSpec {
  readonly name: string;
  readonly version: string;
  readonly image: string;
  /** Text of its conda file; `undefined` if the image has all packages. */
  readonly condaFile: string | undefined;
}

/** Registers an environment, whose image the first job builds. @throws {UserError} `azure.*`, `network.*`. */
export async function createEnvironment(
  workspace: Workspace,
  { name, version, image, condaFile }: EnvironmentSpec,
): Promise<void> {
  const properties = {
    image,
    isAnonymous: false,
    isArchived: false,
    ...(condaFile !== undefined && { condaFile }),
  };
  await putOne(workspace, KINDS.environment, { properties }, [name, version]);
}

/** Registers a version of a data asset. @throws {UserError} `azure.*`, `network.*`. */
export async function createDataAsset(
  workspace: Workspace,
  { name, version, type, uri }: {
    readonly name: string;
    readonly version: string;
    readonly type: "uri_file" | "uri_folder";
    /** Where its data is, such as `azureml://…/datastores/NAME/paths/PATH`. */
    readonly uri: string;
  },
): Promise<void> {
  const properties = { dataType: type, dataUri: uri, isAnonymous: false, isArchived: false };
  await putOne(workspace, KINDS.data, { properties }, [name, version]);
}

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
  const log = openGrowing(workspace);
  let shown: string | undefined;
  for (let at = started;;) {
    const status = textOf(at.status) ?? "Queued";
    const isRunning = RUNNING.includes(status.toLowerCase());
    if (typeof at.logUrl === "string") {
      const text = await log.next(at.logUrl, !isRunning);
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
    // environment.build_failed: Azure ML could not build the image. Read the log, and change
    //   environment/conda.yml.
    code: "environment.build_failed",
    exit: ExitCode.Rejected,
    hint: "Read the end of the log above, change environment/conda.yml, and run the command again",
  });
}
