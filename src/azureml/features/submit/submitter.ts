import type { Warning } from "../../../core/errors.ts";
import type { RunStatus, SentRun } from "../../../core/run.ts";
import type { PreparedCode } from "../../job/code/select.ts";
import type { JobSpec } from "../../job/job_spec.ts";
import type { JobBody } from "../../job/write/job_body.ts";
import type { LookupEvent } from "../../service/assets/lookups.ts";
import type { UploadMemory } from "../../service/upload/grant.ts";
import type { UploadProgress } from "../../service/upload/put_files.ts";
import type { PinnedEnvironment } from "../../service/assets/pin.ts";
import type { Finding } from "../checks/finding.ts";
import type { PreparedJob } from "../compare/describe_submitted.ts";
import type { KnownComponents } from "./components.ts";

/** Progress of submitting jobs. */
export type SubmitEvent =
  | LookupEvent
  | { readonly type: "warning"; readonly warning: Warning }
  | { readonly type: "upload" } & UploadProgress
  | {
    readonly type: "code";
    readonly id: string;
    readonly files: number;
    readonly sizeBytes: number;
    readonly wasThere: boolean;
  }
  | {
    readonly type: "component";
    readonly job: string;
    /** Components that exist now. */
    readonly done: number;
    /** How many of them were not sent, because the last job has them. */
    readonly there: number;
    readonly total: number;
  }
  | { readonly type: "sending"; readonly job: string; readonly name: string; readonly url: string };

/** A job that Azure ML has accepted. */
export interface SubmittedJob extends SentRun {
  /** Whether the same job already existed under the requested name, so that nothing was sent. */
  readonly wasThere: boolean;
  readonly status: RunStatus;
  /** ARM id. */
  readonly id: string;
  readonly properties: JobBody["properties"];
  readonly components: KnownComponents;
}

/** A job that is about to be sent. */
export interface SendingJob extends SentRun {
  /** The components that it uses, which a later job may use again. */
  readonly components?: KnownComponents;
}

/** The errors and warnings about a job's environment as it is in Azure. */
export type EnvironmentFindings = (
  spec: JobSpec,
  environment: PinnedEnvironment,
) => Promise<readonly Finding[]>;

/** Options that apply to all jobs of a submitter. */
export interface SubmitterOptions {
  /** The experiment for jobs that name none. */
  readonly experiment: string;
  /** The code in a project folder, selected and hashed once. */
  readonly code: (directory: string) => Promise<PreparedCode>;
  /** Properties of every job, such as git information. */
  readonly properties: Readonly<Record<string, string>>;
  /** Tags of a job of azureml.yml, such as those of the CI run (default: none). */
  readonly tags?: (job: string) => Readonly<Record<string, string>>;
  readonly onEvent: (event: SubmitEvent) => void;
  /** Stores unfinished uploads (default: not stored). */
  readonly uploads?: UploadMemory;
  /** Whether warnings about resources in Azure also prevent submitting. */
  readonly strict?: boolean | undefined;
  /** Codes of findings that do not prevent submitting. */
  readonly allow?: readonly string[] | undefined;
  /** Finds what a job needs and its environment does not have in Azure (default: nothing). */
  readonly environmentFindings?: EnvironmentFindings | undefined;
  /** Components of a job that was sent earlier, which probably exist (default: none). */
  readonly knownComponents?: (job: string) => Promise<KnownComponents>;
  /** Called before a job is sent, so that its name is recorded even if the response is lost. */
  readonly beforeSending?: (job: SendingJob, body: JobBody) => Promise<void>;
}

/** Sends jobs to one workspace. */
export interface Submitter {
  /**
   * Checks, uploads and registers everything a job needs, and returns the job's body; the job itself is not sent.
   *
   * @throws {UserError} as {@linkcode Submitter.submit}.
   */
  prepare(spec: JobSpec): Promise<JobBody>;
  /**
   * Looks up everything a job refers to, and returns what would be sent; uploads neither code nor components.
   *
   * @throws {UserError} as {@linkcode Submitter.submit}.
   */
  preview(spec: JobSpec): Promise<PreparedJob>;
  /**
   * Checks, uploads, registers and sends one job; lookups of earlier jobs are reused.
   *
   * @param options.name The job's name in Azure ML; if the same job already exists there, it is returned.
   * @throws {UserError} `submit.*` before anything is sent, `job.other` if a different job has the name, `azure.*`,
   *   `compute.*`, `environment.*`, `data.*`, `code.*`, `upload.*`.
   */
  submit(spec: JobSpec, options?: { readonly name?: string | undefined }): Promise<SubmittedJob>;
}
