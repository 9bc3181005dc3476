import type { ClusterSettings } from "../../azureml/service/assets/cluster.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { ClusterSpec, EnvironmentSpec } from "../../azureml/service/assets/create.ts";
import type { Lookups } from "../../azureml/service/assets/lookups.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { LocalData } from "../../azureml/service/upload/upload_data.ts";
import { UserError } from "../../core/errors.ts";
import type { ProjectSession } from "../project/open.ts";

/** Something that a job needs and that does not exist yet. */
export type PlanItem =
  | { readonly kind: "compute"; readonly cluster: ClusterSpec; readonly command: string }
  | {
    readonly kind: "role";
    readonly compute: string;
    /** Object id of its identity; `undefined` if the compute is created first. */
    readonly principal: string | undefined;
    /** ARM id of the storage account. */
    readonly account: string;
    readonly command: string;
  }
  | {
    readonly kind: "environment";
    readonly environment: EnvironmentSpec;
    /** What changed since which version; `undefined` for the first version. */
    readonly change: { readonly part: string; readonly since: string } | undefined;
    /** Path of its definition, relative to the project. */
    readonly file: string;
    readonly command: string;
  }
  | {
    readonly kind: "data";
    readonly name: string;
    readonly version: string;
    readonly data: LocalData;
    /** Path relative to the project; absolute if it is outside. */
    readonly shownPath: string;
    readonly sizeBytes: number;
    readonly command: string;
  }
  | {
    readonly kind: "catalog";
    /** Path relative to the project. */
    readonly file: string;
    readonly text: string;
    readonly diff: string;
    /** Datasets that are read from data assets now. */
    readonly assets: readonly string[];
    /** Datasets that Azure ML passes on and keeps now. */
    readonly passedOn: readonly string[];
  };

/** What a setup would do in one workspace. */
export interface SetupPlan {
  /** `undefined` if only the catalog is rewritten. */
  readonly workspace: Workspace | undefined;
  readonly location: string | undefined;
  readonly items: readonly PlanItem[];
  /** What is there already, for display. */
  readonly present: readonly string[];
  /** What is missing and cannot be created, each with what to do. */
  readonly unmet: readonly { readonly what: string; readonly hint: string }[];
}

/** @internal What planning one workspace needs. */
export interface PlanInput {
  readonly session: ProjectSession;
  readonly workspace: Workspace;
  readonly location: string | undefined;
  readonly lookups: Lookups;
  readonly specs: readonly JobSpec[];
  readonly cluster: ClusterSettings;
  /** ARM id of the storage account that the identities of clusters may read and write, if asked. */
  readonly account: string | undefined;
}

/** What one kind of resource adds to a plan. */
export type PlanPart = Pick<SetupPlan, "items" | "present" | "unmet">;

/** Whether a lookup finds something; its own error for "not there" is no error here. */
export async function exists(look: () => Promise<unknown>, missing: string): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.code === missing) return false;
    throw thrown;
  }
}
