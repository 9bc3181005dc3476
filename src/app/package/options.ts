import type { CompileJobOptions } from "../project/select_jobs.ts";

/** Options of the commands that submit or schedule jobs of a package. */
export interface PackageOptions extends CompileJobOptions {
  /** Path of the package, as typed. */
  readonly package: string;
  /** The SHA-256 that the package must have, in hexadecimal. */
  readonly sha256?: string;
  readonly workspace?: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly workspaceName?: string;
}
