import type { AppContext } from "../context.ts";
import { relative, resolve, sep } from "node:path";
import { findSecrets } from "../../azureml/checks/secret_files.ts";
import {
  downgradeAllowed,
  type Finding,
  findingsError,
  findingsOf,
  toWarning,
  upgradeForbidden,
} from "../../azureml/checks/finding.ts";
import { COMPILE_CHECKS, OFFLINE_CHECKS, runChecks } from "../../azureml/checks/registry.ts";
import type { CheckedJob, ProjectPaths, Subject } from "../../azureml/checks/subject.ts";
import type { CodeSelection } from "../../azureml/code/selection.ts";
import type { JobSpec } from "../../azureml/job_spec.ts";
import { readConfFiles } from "../../config/layers/conf_files.ts";
import { placeText, UserError, type Warning } from "../../core/errors.ts";
import type { Project } from "../../kedro/project.ts";
import { compileJob, type CompilingOptions, type Selected } from "../project/select_jobs.ts";
import { findWorkspace } from "../project/connect.ts";
import { packBaggage, type ProjectBaggage, type SubmissionOptions } from "../submit/submit.ts";

/** How jobs are checked. */
export interface CheckingOptions extends CompilingOptions, SubmissionOptions {
  /** The same for `kedro.old` alone: another compute side may run the steps of such a project. */
  readonly allowKedro0?: boolean;
  /** Name to show, by job. */
  readonly displayName?: Readonly<Record<string, string>>;
}

/** Jobs that were compiled and asked all that can be asked without Azure. */
export interface Checked {
  /** Those that compile, by name. */
  readonly specs: ReadonlyMap<string, JobSpec>;
  readonly baggage: ProjectBaggage;
  /** Why jobs do not compile; each is among the findings too. */
  readonly failures: readonly UserError[];
  readonly findings: readonly Finding[];
}

/** Compiles jobs and checks them, with all that they would be sent with; nothing is asked of Azure. */
export async function checkSelected(
  ctx: AppContext,
  selected: Selected,
  options: CheckingOptions,
): Promise<Checked> {
  const { session, jobs } = selected;
  const baggage = await packBaggage(ctx, selected, options);
  const specs = new Map<string, JobSpec>();
  const [failures, failed, warnings]: [UserError[], Finding[], Warning[]] = [[], [], [...session.warnings]];
  for (const [name, { key }] of jobs) {
    try {
      const compiled = await compileJob(ctx, selected, name, options, options.displayName?.[name]);
      specs.set(name, compiled.spec);
      warnings.push(...compiled.warnings);
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      const place = session.config.place(["jobs", key]);
      failures.push(thrown);
      failed.push(...findingsOf(thrown).map((one) => ({ place, ...one, jobs: [name] })));
    }
  }
  const subject = await gatherSubject(ctx, { selected, options, baggage, specs, warnings });
  const checked = runChecks(subject, OFFLINE_CHECKS);
  const findings = [...failed.filter((one) => !checked.some((other) => isSame(one, other))), ...checked]
    .map(downgradeAllowed([...options.allow ?? [], ...options.allowKedro0 ? ["kedro.old"] : []]));
  return { specs, baggage, failures, findings };
}

/** Whether two findings are of one thing, which need not be told twice. */
function isSame(one: Finding, other: Finding): boolean {
  const [at, otherAt] = [one, other].map(({ place }) => place && placeText(place));
  return one.code === other.code && at === otherAt;
}

/**
 * The same for a command that sends: it stops for what could only fail in the cloud.
 *
 * @param action What cannot be done then, such as `submit`.
 * @param forbid Codes of warnings that stop this command.
 * @throws {UserError} the first job's own where one does not compile, else that of the checks.
 */
export async function requireSound(
  ctx: AppContext,
  selected: Selected,
  options: CheckingOptions & {
    readonly action: string;
    readonly dryRun?: boolean;
    readonly forbid?: readonly string[];
  },
): Promise<Checked & { readonly warnings: readonly Warning[] }> {
  const checked = await checkSelected(ctx, selected, options);
  if (checked.failures.length > 0) throw checked.failures[0];
  const found = checked.findings.map(upgradeForbidden(options.forbid ?? [], options));
  const findings = options.dryRun ? found.map(downgradeAllowed(["config.placeholder", "kedro.old"])) : found;
  const error = findingsError(options.action, findings, options);
  if (error !== undefined) throw error;
  const warnings = findings.filter(({ severity }) => severity === "warning").map(toWarning);
  return { ...checked, findings, warnings };
}

/** Why a job that compiles could not be submitted, as far as its own configuration shows it. */
export function unsendable({ session, jobs }: Selected, spec: JobSpec): Warning[] {
  const { config: { azureml, place }, snapshot } = session;
  const config = jobs.get(spec.job)!;
  const workspace = findWorkspace(azureml, config.workspace);
  const job = { name: spec.job, config, spec, workspace };
  return runChecks({ config: azureml, place, snapshot, jobs: [job] }, COMPILE_CHECKS)
    .filter(({ severity }) => severity === "error")
    .map((finding) => ({ ...toWarning(finding), message: findingsError("submit", [finding])!.message }));
}

interface Gathering {
  readonly selected: Selected;
  readonly options: CheckingOptions;
  readonly baggage: ProjectBaggage;
  readonly specs: ReadonlyMap<string, JobSpec>;
  readonly warnings: readonly Warning[];
}

async function gatherSubject(
  ctx: AppContext,
  { selected, options, baggage, specs, warnings }: Gathering,
): Promise<Subject> {
  const { session: { config, snapshot, project, env }, jobs } = selected;
  const { settings } = snapshot.project;
  const directory = config.azureml.execution.code_directory ?? undefined;
  const code = directory === undefined ? undefined : await selection(baggage, directory);
  return {
    config: config.azureml,
    place: config.place,
    warnings,
    snapshot,
    jobs: [...jobs].map(([name, job]): CheckedJob => ({
      name,
      config: job,
      spec: specs.get(name),
      workspace: findWorkspace(config.azureml, options.workspace ?? job.workspace),
    })),
    code,
    secrets: code === undefined || code instanceof UserError ? [] : await findSecrets(ctx.fs, code.files),
    project: projectPaths(project, directory ?? "."),
    conf: await readConfFiles(ctx, {
      root: project.root,
      env,
      settings,
      outside: selected.session.load.outside,
    }),
    properties: baggage.properties,
    passedVariables: Object.keys(options.envVar ?? {}),
    workspace: options.workspace,
  };
}

async function selection(baggage: ProjectBaggage, directory: string): Promise<CodeSelection | UserError> {
  try {
    return await baggage.select(directory);
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown;
    throw thrown;
  }
}

function projectPaths({ root, sourceDir, packageName }: Project, directory: string): ProjectPaths {
  const below = (path: string) => relative(resolve(root, directory), path).replaceAll(sep, "/");
  return {
    root,
    folder: below(root),
    packageFolder: below(resolve(sourceDir, packageName.replaceAll(".", "/"))),
    packageName,
  };
}
