import type { LimitFunction } from "p-limit";
import { once, onceEach } from "../../../core/async.ts";
import { type AssetReference, pinDataAsset, pinEnvironment, type PinnedEnvironment } from "./pin.ts";
import { getWorkspace } from "./workspace_info.ts";
import { type ComputeInfo, getCompute } from "./compute.ts";
import type { JobSpec } from "../../job/job_spec.ts";
import { requestLimit } from "../client/limits.ts";
import type { Workspace } from "../client/workspace.ts";

/** A successful lookup, for progress output. */
export type LookupEvent =
  | { readonly type: "workspace"; readonly workspace: string; readonly location: string | undefined }
  | { readonly type: "compute"; readonly name: string }
  | { readonly type: "environment"; readonly asked: string; readonly shown: string }
  | { readonly type: "data"; readonly path: string; readonly id: string };

/** Lookups of the resources that jobs refer to; each request is sent once and its result is reused. */
export interface Lookups {
  /** Fails if the workspace does not exist. */
  readonly workspace: () => Promise<void>;
  /** Reads a compute by name. */
  readonly compute: (name: string) => Promise<ComputeInfo>;
  /** Resolves an environment reference to a version; a Docker image is registered first. */
  readonly environment: (asked: string) => Promise<PinnedEnvironment>;
  /** The ARM id of a data asset. */
  readonly data: (asset: AssetReference) => Promise<string>;
}

/** Creates the lookups for a workspace; sends no request yet. */
export function openLookups(
  workspace: Workspace,
  onEvent: (event: LookupEvent) => void,
  limit: LimitFunction = requestLimit(workspace),
): Lookups {
  return {
    workspace: once(async () => {
      const details = await getWorkspace(workspace);
      onEvent({ type: "workspace", workspace: workspace.config.name, location: details.location });
    }),
    compute: onceEach((name: string) =>
      limit(async () => {
        const compute = await getCompute(workspace, name);
        onEvent({ type: "compute", name });
        return compute;
      })
    ),
    environment: onceEach(async (asked: string) => {
      const pinned = await pinEnvironment(workspace, asked);
      onEvent({ type: "environment", asked, shown: pinned.shown });
      return pinned;
    }),
    data: onceEach((asset: AssetReference) =>
      limit(async () => {
        const id = await pinDataAsset(workspace, asset);
        onEvent({ type: "data", path: asset.path, id });
        return id;
      }), ({ path }) => path),
  };
}

/** Names of the computes that a job uses; the job's default compute comes first. */
export function computesOf(spec: JobSpec): string[] {
  return [...new Set([spec.compute, ...spec.steps.map(({ compute }) => compute)])];
}

/** The data assets that a job reads, each once. */
export function assetsOf(spec: JobSpec): AssetReference[] {
  const assets = spec.steps.flatMap(({ inputs }) =>
    inputs.flatMap(({ from }) => from.kind === "asset" ? [{ path: from.path, type: from.type }] : [])
  );
  return [...new Map(assets.map((asset) => [asset.path, asset])).values()];
}
