import { posix } from "node:path";
import type { AzureMLConfig, WorkspaceConfig } from "../../config/schema.ts";
import type { ConfFiles } from "../../config/conf_files.ts";
import type { FoundJob } from "../../config/jobs.ts";
import { type Place, placeText, type UserError, type Warning } from "../../core/errors.ts";
import type { CatalogEntry, NodeSnapshot, ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { ProjectSource } from "../../kedro/modules.ts";
import type { CodeSelection, LeftOut } from "../job/code/walk.ts";
import { nodesOfStep } from "../job/steps.ts";
import type { JobSpec } from "../job/job_spec.ts";
import type { KnownEnvironments } from "./job_environment.ts";
import type { Finding, Severity } from "./finding.ts";
import type { SecretFile } from "./secrets_in_upload.ts";
import { ownValue } from "../../core/json.ts";

/** Everything that checks examine; no part of it was requested from Azure. */
export interface Subject {
  readonly config: AzureMLConfig;
  readonly place: (path: readonly (string | number)[]) => Place;
  /** Warnings from reading the project and compiling its jobs. */
  readonly warnings: readonly Warning[];
  readonly snapshot: ProjectSnapshot;
  readonly jobs: readonly CheckedJob[];
  /** The code to upload; `undefined` if the environment contains the code, an error if the code cannot be selected. */
  readonly code: CodeSelection | UserError | undefined;
  readonly secrets: readonly SecretFile[];
  /** Paths with forward slashes, relative to the code folder; outside it, they start with `../`. */
  readonly project: {
    /** Absolute path of the project. */
    readonly root: string;
    /** Path of the project's folder; `""` if it is the code folder. */
    readonly folder: string;
    readonly packageFolder: string;
    readonly packageName: string;
  };
  /** The local paths of the catalog at which nothing is, as far as it is known. */
  readonly absentPaths?: ReadonlySet<string>;
  readonly conf: ConfFiles;
  readonly source: ProjectSource;
  /** Modules of other packages that the project's code imports. */
  readonly importedModules: ReadonlySet<string>;
  /** The packages of the jobs' environments, as far as the project's files say. */
  readonly environments: KnownEnvironments;
  /** Whether the command adds the plugin to an environment that no file defines. */
  readonly addsPlugin?: boolean;
  /** Git properties of the checkout, under the names that a job's properties have. */
  readonly properties: Readonly<Record<string, string>>;
  /** Names of the environment variables that the command sets in every step. */
  readonly passedVariables: readonly string[];
  /** The workspace of azureml.yml that the command names for all jobs, by its key. */
  readonly workspace?: string | undefined;
}

/** The part of a {@linkcode Subject} that is known after compiling. */
export type JobSubject = Pick<Subject, "config" | "place" | "snapshot" | "jobs" | "workspace">;

export interface CheckedJob {
  readonly name: string;
  /** Its configuration and its key in azureml.yml. */
  readonly config: FoundJob;
  /** Absent for a job that does not compile. */
  readonly spec: JobSpec | undefined;
  readonly workspace: WorkspaceConfig | undefined;
}

export interface Check<S = Subject> {
  readonly asks: string;
  /** Whether a command that has seen the environment in Azure asks it again. */
  readonly in?: "environment";
  readonly run: (subject: S) => readonly Finding[];
}

export interface CompiledJob extends CheckedJob {
  readonly spec: JobSpec;
}

/** A text about something found, or about all that was found if these are the details of one finding. */
type Says<T> = string | ((found: T, all: readonly T[]) => string);

interface RowTexts<T, S> extends Pick<Check<S>, "asks" | "in"> {
  readonly severity: Severity | ((found: T) => Severity);
  /** A line of details: all that is found is one finding. Without it, each is a finding. */
  readonly line?: (found: T) => string;
  readonly says: Says<T>;
  readonly hint?: Says<T>;
  readonly place?: (found: T, subject: S) => Place | undefined;
}

/** A check for one code, of each job that compiles; its findings refer to that job. */
export function row<T, S extends JobSubject = Subject>(
  code: string,
  { find, ...texts }: RowTexts<T, S> & {
    readonly find: (job: CompiledJob, subject: S) => readonly T[];
  },
): Check<S> {
  return eachJob<S>(
    texts.asks,
    (spec, subject, job) => findingsOf(code, texts, find({ ...job, spec }, subject), subject),
    texts.in,
  );
}

/** A check for one code, of the project, its code or its configuration. */
export function projectRow<T, S = Subject>(
  code: string,
  { find, ...texts }: RowTexts<T, S> & { readonly find: (subject: S) => readonly T[] },
): Check<S> {
  return { asks: texts.asks, run: (subject) => findingsOf(code, texts, find(subject), subject) };
}

function findingsOf<T, S>(
  code: string,
  { severity, line, says, hint, place }: RowTexts<T, S>,
  all: readonly T[],
  subject: S,
): readonly Finding[] {
  const text = (wanted: Says<T>, found: T) => typeof wanted === "string" ? wanted : wanted(found, all);
  return (line === undefined ? all : all.slice(0, 1)).map((found): Finding => {
    const at = place?.(found, subject);
    return {
      severity: typeof severity === "string" ? severity : severity(found),
      code,
      message: text(says, found),
      ...(hint !== undefined && { hint: text(hint, found) }),
      ...(line !== undefined && { details: [...new Set(all.map(line))] }),
      ...(at !== undefined && { place: at }),
    };
  });
}

/** Creates a check that runs for each job that compiles; its findings refer to that job. */
export function eachJob<S extends JobSubject = Subject>(
  asks: string,
  find: (spec: JobSpec, subject: S, job: CheckedJob) => readonly Finding[],
  dependsOn?: Check<S>["in"],
): Check<S> {
  return {
    asks,
    ...(dependsOn && { in: dependsOn }),
    run: (subject) =>
      subject.jobs.flatMap((job) =>
        job.spec === undefined
          ? []
          : find(job.spec, subject, job).map((finding) => ({ ...finding, jobs: [job.name] }))
      ),
  };
}

/** Whether the project is made for Kedro 0, which is reported: its classes are other ones. */
export function isOld({ warnings }: Pick<Subject, "warnings">): boolean {
  return warnings.some(({ code }) => code === "kedro.old");
}

/** The files to upload, if they are known. */
export function selectionOf({ code }: Pick<Subject, "code">): CodeSelection | undefined {
  return code !== undefined && "files" in code ? code : undefined;
}

export type Upload = NonNullable<ReturnType<typeof uploadOf>>;

export function uploadOf(subject: Pick<Subject, "code" | "project">) {
  const selection = selectionOf(subject);
  if (selection === undefined) return undefined;
  const { project: { folder } } = subject;
  const names = new Set(selection.files.map(({ name }) => name));
  const inCode = (path: string) => folder === "" ? path : posix.join(folder, path);
  return {
    names,
    ignoreFile: selection.ignoreFile,
    inCode,
    has: (path: string) => names.has(inCode(path)),
    hasAnyBelow: (folder: string) => {
      const start = `${inCode(folder).replace(/\/$/, "")}/`;
      return [...names].some((name) => name.startsWith(start));
    },
    leftOutBy: (path: string) =>
      selection.leftOut.find(({ name }) =>
        name === inCode(path) || (name.endsWith("/") && inCode(path).startsWith(name)) ||
        name.startsWith(`${inCode(path).replace(/\/$/, "")}/`)
      ),
  };
}

/** Says in a sentence what excludes a file. */
export function exclusionText({ pattern, place, reason }: LeftOut): string {
  return place === undefined ? `excluded as ${reason}` : `excluded by ${placeText(place)} (${pattern})`;
}

export function usedDatasets({ steps }: JobSpec): ReadonlySet<string> {
  const ports = steps.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  return new Set(ports.map(({ dataset }) => dataset));
}

/** The nodes of the job's pipeline that its steps run. */
export function nodesOfJob(
  { steps, pipelineName }: JobSpec,
  { pipelines }: Subject["snapshot"],
): readonly NodeSnapshot[] {
  const names = new Set(steps.flatMap((step) => nodesOfStep(step).map(({ name }) => name)));
  return (ownValue(pipelines, pipelineName)?.nodes ?? []).filter(({ name }) => names.has(name));
}

export function entryOf({ snapshot }: Subject, dataset: string): CatalogEntry | undefined {
  return ownValue(snapshot.catalog, dataset);
}
