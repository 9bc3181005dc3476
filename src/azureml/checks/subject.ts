import type { AzureMLConfig, WorkspaceConfig } from "../../config/azureml/types.ts";
import type { ConfFiles } from "../../config/layers/conf_files.ts";
import type { FoundJob } from "../../config/azureml/job_factories.ts";
import type { Place, UserError, Warning } from "../../core/errors.ts";
import type { CatalogEntry, ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { CodeSelection } from "../code/selection.ts";
import type { JobSpec } from "../job_spec.ts";
import type { Finding } from "./finding.ts";
import type { SecretFile } from "./secret_files.ts";

/** All that checks look at; nothing in it was asked of Azure. */
export interface Subject {
  readonly config: AzureMLConfig;
  /** Where a value of azureml.yml is written. */
  readonly place: (path: readonly (string | number)[]) => Place;
  /** What was warned of while the project was read and its jobs were compiled. */
  readonly warnings: readonly Warning[];
  readonly snapshot: ProjectSnapshot;
  readonly jobs: readonly CheckedJob[];
  /** What is uploaded; `undefined` where the environment holds the code, an error where nothing can be. */
  readonly code: CodeSelection | UserError | undefined;
  /** Those of the uploaded files that look like secrets. */
  readonly secrets: readonly SecretFile[];
  readonly project: ProjectPaths;
  readonly conf: ConfFiles;
  /** What the checkout says of itself, under the names of a job's properties. */
  readonly properties: Readonly<Record<string, string>>;
  /** Names of the variables that `--env-var` passes to every step. */
  readonly passedVariables: readonly string[];
  /** `-w`. */
  readonly workspace?: string | undefined;
}

/** The part of a {@linkcode Subject} that compiling knows by itself. */
export type JobSubject = Pick<Subject, "config" | "place" | "snapshot" | "jobs" | "workspace">;

/** Where the parts of a project lie, relative to the code folder with forward slashes; above it with `../`. */
export interface ProjectPaths {
  /** Absolute. */
  readonly root: string;
  /** Of the project's folder; empty where it is the code folder. */
  readonly folder: string;
  /** Of the package below the source folder. */
  readonly packageFolder: string;
  readonly packageName: string;
}

/** One job that is checked. */
export interface CheckedJob {
  readonly name: string;
  /** Its configuration, and its key in azureml.yml. */
  readonly config: FoundJob;
  /** Absent for a job that does not compile. */
  readonly spec: JobSpec | undefined;
  readonly workspace: WorkspaceConfig | undefined;
}

/** One check of a {@linkcode Subject}, or of a part of it. */
export interface OfflineCheck<S = Subject> {
  /** The question that it answers, for people. */
  readonly question: string;
  readonly run: (subject: S) => readonly Finding[];
}

/** What the checks of the code alone look at. */
export type CodeSubject = Pick<Subject, "code" | "secrets" | "place">;

/** One check of the code alone. */
export interface CodeCheck extends Omit<OfflineCheck, "run"> {
  readonly run: (subject: CodeSubject) => readonly Finding[];
}

/** A check of each job that compiles; what it finds is about that job. */
export function eachJob<S extends JobSubject = Subject>(
  question: string,
  find: (spec: JobSpec, subject: S, job: CheckedJob) => readonly Finding[],
): OfflineCheck<S> {
  return {
    question,
    run: (subject) =>
      subject.jobs.flatMap((job) =>
        job.spec === undefined
          ? []
          : find(job.spec, subject, job).map((finding) => ({ ...finding, jobs: [job.name] }))
      ),
  };
}

/** What goes to Azure ML, where that is known. */
export function selectionOf({ code }: Pick<Subject, "code">): CodeSelection | undefined {
  return code !== undefined && "files" in code ? code : undefined;
}

/** The catalog's entry of a dataset, which `{placeholder}` entries give too. */
export function entryOf({ snapshot }: Subject, dataset: string): CatalogEntry | undefined {
  return Object.hasOwn(snapshot.catalog, dataset) ? snapshot.catalog[dataset] : undefined;
}
