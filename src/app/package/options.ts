import type { CompileJobOptions } from "../project/select_jobs.ts";

/** How a package is used. */
export interface PackageOptions extends CompileJobOptions {
  /** The package, as typed. */
  readonly package: string;
  /** What its SHA-256 must be. */
  readonly sha256?: string;
  readonly workspace?: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly workspaceName?: string;
}
