import type { AppContext } from "../context.ts";
import { join, relative, resolve, sep } from "node:path";
import { findSecrets } from "../../azureml/checks/secrets_in_upload.ts";
import { openStore } from "../../kedro/reader/cache_store.ts";
import {
  downgradeAllowed,
  errorToFindings,
  type Finding,
  findingsError,
  findingToWarning,
  isDifference,
  mergeFindings,
  PROBLEMS,
} from "../../azureml/checks/finding.ts";
import { afterLeftOut } from "../../azureml/checks/left_out.ts";
import { ENVIRONMENT_CHECKS, OFFLINE_CHECKS, runChecks, STOPPING } from "../../azureml/checks/all_checks.ts";
import { checkOnline } from "../../azureml/checks/online.ts";
import { storageUnmounted } from "../../azureml/checks/dataset_paths.ts";
import type { CheckedJob, Subject } from "../../azureml/checks/subject.ts";
import type { PinnedEnvironment } from "../../azureml/resources/pin.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { ChecksInAzure } from "../../azureml/submit/submit.ts";
import { CONDA_FILE, parseEnvironment } from "../../azureml/job/names.ts";
import {
  azureEnvironment,
  type JobEnvironment,
  readEnvironmentFiles,
} from "../../azureml/checks/job_environment.ts";
import { followImports } from "../../kedro/modules.ts";
import { readConfFiles } from "../../config/conf_files.ts";
import { placeText, UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import type { Project } from "../../kedro/project.ts";
import { compileJob } from "../project/compile_job.ts";
import { type JobOptions, type Overrides, selectJobs } from "../project/select_jobs.ts";
import type { SelectedJobs } from "../project/open.ts";
import { findWorkspace } from "../project/workspace.ts";
import { runtimeParamFindings } from "../project/params.ts";
import { type ProjectInputs, readSubmissionInputs } from "../project/submission_inputs.ts";

export { exitCodeForFindings, findingLines, isDifference } from "../../azureml/checks/finding.ts";

/** Which findings stop a command. */
export interface Strictness {
  readonly strict?: boolean | undefined;
  /** Codes of errors to treat as warnings. */
  readonly allow?: readonly string[] | undefined;
  /** Whether to treat `kedro.old` as a warning, for images that can run the steps of a Kedro 0 project. */
  readonly allowKedro0?: boolean | undefined;
}

/** What checking depends on, once the jobs are selected. */
interface CheckSettings extends Overrides, Strictness {
  /** A workspace of azureml.yml to use for all jobs, by its key. */
  readonly workspace?: string | undefined;
  /** Whether the command runs the steps: in an environment that it makes, with the plugin if the project has no conda.yml, or in one of yours. */
  readonly runsSteps?: boolean | undefined;
}

export interface CheckOptions extends JobOptions, CheckSettings {}

/** Jobs that were compiled and checked, without requests to Azure. */
export interface CheckedJobs {
  /** The jobs that compile, by name. */
  readonly specs: ReadonlyMap<string, JobSpec>;
  readonly inputs: ProjectInputs;
  /** Errors of the jobs that do not compile; the findings include them. */
  readonly failures: readonly UserError[];
  readonly findings: readonly Finding[];
  readonly subject: Subject;
}

/** Compiles jobs and checks them, their code and the configuration, without requests to Azure. */
export async function checkJobs(
  ctx: AppContext,
  selected: SelectedJobs,
  settings: CheckSettings,
): Promise<CheckedJobs> {
  const { workspace, allow = [], allowKedro0 = false } = settings;
  const { session, jobs } = selected;
  const inputs = await readSubmissionInputs(ctx, selected, workspace);
  const specs = new Map<string, JobSpec>();
  const [failures, failed, warnings]: [UserError[], Finding[], Warning[]] = [[], [], [...session.warnings]];
  for (const job of jobs.keys()) {
    try {
      const compiled = await compileJob(ctx, selected, job, settings);
      specs.set(job, compiled.spec);
      warnings.push(...compiled.warnings);
    } catch (thrown) {
      const error = userErrorOf(thrown);
      failures.push(error);
      failed.push(...errorToFindings(error).map((finding) => ({ ...finding, jobs: [job] })));
    }
  }
  const subject = await gatherSubject(ctx, { selected, settings, inputs, specs, warnings });
  const checked = [
    ...runChecks(subject, OFFLINE_CHECKS),
    ...await runtimeParamFindings(ctx, selected, subject.conf.files),
  ];
  warnAboutAllow(ctx, allow, [...failed, ...checked]);
  const allowed = downgradeAllowed([...allow, ...allowKedro0 ? ["kedro.old"] : []]);
  const findings = mergeFindings(
    [
      ...failed.filter((finding) => !checked.some((other) => isSame(finding, other))),
      ...checked,
    ].map(allowed).map(afterLeftOut(subject)),
  );
  return { specs, inputs, failures, findings, subject };
}

/** Codes of the checks that query Azure, which run later. */
const ONLINE = /^(?:azure|compute|data|environment|workspace|access)\./;

function warnAboutAllow(ctx: AppContext, allow: readonly string[], findings: readonly Finding[]): void {
  for (const code of allow) {
    if (ONLINE.test(code) || findings.some((finding) => finding.code === code)) continue;
    const message = `Allowing "${code}" has no effect: no check reports it`;
    // usage.allow_unused: `--allow` names a code that no finding has. Omit it.
    ctx.report({ type: "warnings", warnings: [{ code: "usage.allow_unused", message }] });
  }
}

/** Whether two findings are about the same problem, so that one of them is enough. */
export function isSame(one: Finding, other: Finding): boolean {
  const [at, otherAt] = [one, other].map(({ place }) => place && placeText(place));
  return one.code === other.code && at === otherAt;
}

interface PreparedJobs<T = void> extends CheckedJobs {
  readonly selected: SelectedJobs;
  readonly warnings: readonly Warning[];
  readonly early: T;
}

/**
 * Selects, compiles and checks jobs for a command that sends them; stops at anything that would fail in the cloud.
 *
 * @param early Runs between selecting and compiling, for what else can be wrong with the command.
 * @throws {UserError} as {@linkcode selectJobs}; else of all problems of jobs that do not compile, and of the checks.
 */
export async function prepareJobs<T = void>(
  ctx: AppContext,
  options: CheckOptions & {
    /** The verb for errors, such as `submit`. */
    readonly action: string;
    readonly dryRun?: boolean | undefined;
    /** As for {@linkcode selectJobs}. */
    readonly fillsPlaceholders?: boolean;
  },
  early?: (selected: SelectedJobs) => T | Promise<T>,
): Promise<PreparedJobs<T>> {
  const selected = await selectJobs(ctx, options);
  const seen = await early?.(selected) as T;
  const checked = await checkJobs(ctx, selected, options);
  // The commands that use schedules read them on their own; a submit needs none.
  const relevant = checked.findings.filter(({ code }) => !code.startsWith("schedule."));
  const findings = options.dryRun ? relevant.map(downgradeAllowed(STOPPING)) : relevant;
  const jobs = [...selected.jobs.keys()];
  const error = problemsError(options.action, { ...checked, findings }, { strict: options.strict, jobs });
  if (error !== undefined) {
    reportWarnings(ctx, selected, findings.filter(({ severity }) => severity === "error"));
    throw error;
  }
  const isTold = (finding: Finding) =>
    finding.severity === "warning" || (options.dryRun === true && isDifference(finding));
  const warnings = findings.filter(isTold).map(findingToWarning);
  const inAzure: ChecksInAzure = {
    environment: (spec, environment) => findingsOfJob(ctx, checked.subject, spec, environment),
    missing: async (spec, lookups) => (await checkOnline(spec, lookups, checked.subject)).findings,
  };
  return {
    ...checked,
    selected,
    early: seen,
    inputs: options.dryRun ? checked.inputs : { ...checked.inputs, inAzure },
    findings,
    warnings,
  };
}

/** The error of what stops a command; the only problem is said as it is, and a job that does not compile always stops it. */
export function problemsError(
  action: string,
  { findings, failures }: Pick<CheckedJobs, "findings" | "failures">,
  options: Parameters<typeof findingsError>[2],
): UserError | undefined {
  const error = findingsError(action, findings, options);
  return failures[0] === undefined || error?.code === PROBLEMS ? error : failures[0];
}

/** The findings about packages by what the environments have in Azure; `undefined` if that is not known of any. */
export async function findingsInAzure(
  ctx: AppContext,
  subject: Subject,
  environments: ReadonlyMap<string, PinnedEnvironment>,
): Promise<readonly Finding[] | undefined> {
  const byReference = new Map<string, JobEnvironment>();
  for (const [reference, { shown: name, definition }] of environments) {
    const place = subject.place(["execution", "environment"]);
    const own = subject.environments.of(reference);
    const environment = definition &&
      await azureEnvironment(ctx, subject.project.root, {
        name,
        ...definition,
        place,
        own,
        isPinned: "version" in parseEnvironment(reference),
      });
    if (environment !== undefined) byReference.set(reference, environment);
  }
  if (byReference.size === 0) return undefined;
  const of = (wanted: string | undefined) => byReference.get(wanted ?? "");
  return runChecks({ ...subject, environments: { of } }, ENVIRONMENT_CHECKS);
}

/** Errors and warnings about a job's packages by what its environment has in Azure, unless the project's files say so. */
async function findingsOfJob(
  ctx: AppContext,
  subject: Subject,
  spec: JobSpec,
  environment: PinnedEnvironment,
): Promise<readonly Finding[]> {
  const ofJob = { ...subject, jobs: subject.jobs.filter(({ name }) => name === spec.job) };
  const known = runChecks(ofJob, ENVIRONMENT_CHECKS);
  const found = await findingsInAzure(ctx, ofJob, new Map([[spec.environment!, environment]])) ?? [];
  const adviceOf = ({ hint, message }: Finding) => hint ?? message;
  const given = new Set(known.map(adviceOf));
  return found.filter((finding) => finding.severity !== "note" && !given.has(adviceOf(finding)));
}

/** Reports the warnings of reading the project, which may explain the errors; skips those that are errors here. */
function reportWarnings(
  ctx: AppContext,
  { session }: SelectedJobs,
  errors: readonly { readonly code: string }[],
): void {
  const isTold = (warning: Warning) => !errors.some(({ code }) => code === warning.code);
  ctx.report({ type: "warnings", warnings: session.warnings.filter(isTold) });
}

async function gatherSubject(
  ctx: AppContext,
  {
    selected,
    settings: { environmentVariables = {}, workspace, runsSteps = false },
    inputs,
    specs,
    warnings,
  }: {
    readonly settings: CheckSettings;
    readonly selected: SelectedJobs;
    readonly inputs: ProjectInputs;
    readonly specs: ReadonlyMap<string, JobSpec>;
    readonly warnings: readonly Warning[];
  },
): Promise<Subject> {
  const { session, jobs } = selected;
  const { config, snapshot, project, load } = session;
  const directory = config.azureml.execution.code_directory ?? undefined;
  const code = directory === undefined
    ? undefined
    : await inputs.select(directory).catch((thrown) => userErrorOf(thrown));
  const source = await session.source();
  const { outside } = followImports(source, source.modules);
  return {
    source,
    importedModules: new Set(outside.map(({ module }) => module.split(".")[0]!)),
    environments: await readEnvironmentFiles(ctx, project.root, { isPushed: !config.hasPlaceholders }),
    addsPlugin: runsSteps && await ctx.fs.stat(join(project.root, CONDA_FILE)) === undefined,
    config: config.azureml,
    place: config.place,
    warnings,
    snapshot,
    jobs: [...jobs].map(([name, job]): CheckedJob => ({
      name,
      config: job,
      spec: specs.get(name),
      workspace: findWorkspace(config.azureml, workspace, job),
    })),
    code,
    secrets: code === undefined || code instanceof UserError
      ? []
      : await findSecrets(ctx.fs, code.files, await openStore(ctx, project.root)),
    project: projectPaths(project, directory ?? "."),
    absentPaths: await absentPaths(ctx, project, snapshot.catalog),
    conf: await readConfFiles(ctx, load),
    properties: inputs.properties,
    passedVariables: Object.keys(environmentVariables),
    workspace,
  };
}

async function absentPaths(
  { fs }: Pick<AppContext, "fs">,
  { root }: Project,
  catalog: Subject["snapshot"]["catalog"],
): Promise<ReadonlySet<string>> {
  const paths = Object.values(catalog).flatMap((entry) => {
    const storage = storageUnmounted(entry);
    return storage.kind === "local" ? [storage.path] : [];
  });
  const stats = await Promise.all(paths.map((path) => fs.stat(resolve(root, path)).catch(() => "unknown")));
  return new Set(paths.filter((_, at) => stats[at] === undefined));
}

function projectPaths({ root, sourceDir, packageName }: Project, directory: string): Subject["project"] {
  const below = (path: string) => relative(resolve(root, directory), path).replaceAll(sep, "/");
  return {
    root,
    folder: below(root),
    packageFolder: below(resolve(sourceDir, packageName.replaceAll(".", "/"))),
    packageName,
  };
}
