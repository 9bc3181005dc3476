/**
 * Turns what was typed into what a command is asked to do: each option that cannot be combined with another, needs
 * another or has a default is decided here, or in the file of the only command that has it.
 */

import { join, resolve } from "node:path";
import type { AppContext } from "../../app/context.ts";
import { readParams, type TypedParams, withParamsFile } from "../../app/project/params_file.ts";
import type { FollowRequest } from "../../app/run/follow_run.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { selectionRequest, type SelectionTyped } from "./selection.ts";

/** Options that change how a project is read or compiled, by their names in code. */
const PROJECT_OPTIONS = [
  ...["env", "params", "paramsFile", "loadVersions", "groupBy", "displayName", "python", "snapshot"],
  ...["allowEnvNames", "readTimeout", "onJobScheduled", "delete", "pipeline", "pipelines", "nodes", "tags"],
  ...["fromNodes", "toNodes", "fromInputs", "toOutputs", "namespaces"],
];

/** Options for packages. */
const PACKAGE_OPTIONS = ["sha256", "subscriptionId", "resourceGroup", "workspaceName"];

/** Options for following jobs. */
const FOLLOW_OPTIONS = ["timeout", "logs"];

/** How an option is typed, by its name in code. */
export function flagOf(option: string): string {
  if (option === "env") return "-e";
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Jobs as typed: as arguments, and with `-j` or `--all`; and which of their nodes. */
export interface JobsTyped extends SelectionTyped {
  readonly args: { readonly jobs: readonly string[] };
  readonly job?: readonly string[];
  readonly all?: boolean;
  readonly params?: TypedParams;
  readonly paramsFile?: string;
}

type JobsRequest<T> = T extends unknown
  ? Omit<T, "args" | "job" | "paramsFile" | "params" | keyof SelectionTyped> & {
    readonly job?: readonly string[];
    readonly params?: Readonly<Record<string, unknown>>;
  }
  : never;

/** Reads the runtime parameters of a command that compiles no jobs. @throws {UserError} `usage.invalid_argument`. */
export function withParams<T extends { readonly params?: TypedParams }>({ params, ...rest }: T) {
  return { ...rest, ...(params && { params: paramsOf(params) }) };
}

function paramsOf(typed: TypedParams): Readonly<Record<string, unknown>> {
  const params = readParams(typed, "--params");
  if (params !== undefined) return params;
  throw new UserError("Invalid value for `--params`: a value is not valid YAML", {
    code: "usage.invalid_argument",
    hint: `Quote it, such as name="value"`,
  });
}

/**
 * The jobs that a command works on, absent if none is named, which of their nodes, and their runtime parameters.
 *
 * @throws {UserError} `usage.all_and_job`, `usage.params_file`, `usage.pipelines`.
 */
export async function jobsRequest<T extends JobsTyped>(ctx: AppContext, typed: T): Promise<JobsRequest<T>> {
  const { args, job = [], paramsFile, params: typedParams, ...rest } = selectionRequest<JobsTyped>(typed);
  const params = typedParams && paramsOf(typedParams);
  const names = [...args.jobs, ...job];
  if (names.length > 0 && typed.all) {
    throw new UserError("`--all` cannot be combined with the name of a job", {
      code: "usage.all_and_job",
      hint: "Omit one of them",
    });
  }
  const merged = paramsFile === undefined ? params : await withParamsFile(ctx, paramsFile, params);
  return {
    ...rest,
    ...(names.length > 0 && { job: names }),
    ...(merged !== undefined && { params: merged }),
  } as unknown as JobsRequest<T>;
}

/**
 * Whether the jobs come from a package or from the project.
 *
 * @throws {UserError} `usage.package` for options that only the other one has.
 */
export function checkSource(typed: object): void {
  if ("package" in typed) {
    refuse(typed, PROJECT_OPTIONS, {
      sentence: (flag) =>
        `\`${flag}\` cannot be combined with \`--package\`, whose jobs are already compiled`,
      hint: "Omit it, or pass it to `kedro-azureml pack`",
    });
  } else {
    refuse(typed, PACKAGE_OPTIONS, {
      sentence: (flag) => `\`${flag}\` needs \`--package\``,
      hint: "Add `--package FILE`, or remove the option",
    });
  }
}

/** Runs as typed: by their names in Azure ML, or by the file that `submit --output-file` wrote. */
export interface RunsTyped {
  readonly args: { readonly names: readonly string[] };
  readonly from?: string;
}

/** Runs as typed, with the other options of a command. */
export type TypedFor<Options extends { readonly names: readonly string[] }> =
  & RunsTyped
  & Omit<Options, "names">;

/** The runs that a command works on. @throws {UserError} `usage.from_and_name`. */
export function runsRequest<T extends RunsTyped>({ args: { names }, ...typed }: T) {
  if (names.length > 0 && typed.from !== undefined) {
    throw new UserError("`--from` cannot be combined with the name of a job", {
      code: "usage.from_and_name",
      hint: "Omit one of them",
    });
  }
  return { ...typed, names };
}

/** Options for following runs, as typed. */
export interface FollowTyped {
  readonly waitForCompletion?: boolean;
  /** In seconds. */
  readonly timeout?: number;
  readonly logs?: boolean;
}

/** The Python that runs steps, as typed. */
export interface StepPythonTyped {
  readonly python?: string | undefined;
  /** Folder of a virtual environment. */
  readonly venv?: string | undefined;
}

type WithFollow<T> = T extends unknown ? Omit<T, keyof FollowTyped> & { readonly follow?: FollowRequest }
  : never;

/**
 * Whether to follow the runs that a command starts, and for how long.
 *
 * @throws {UserError} `usage.needs_wait` for options that have no effect unless runs are followed.
 */
export function followRequest<T extends FollowTyped>(typed: T): WithFollow<T> {
  const { waitForCompletion = false, timeout, logs, ...rest } = typed;
  if (!waitForCompletion) {
    refuse(typed, FOLLOW_OPTIONS, {
      code: "usage.needs_wait",
      sentence: (flag) => `\`${flag}\` needs \`--wait\``,
      hint: "Add `--wait`, or remove the option",
    });
  }
  return {
    ...rest,
    ...(waitForCompletion && { follow: limitsOf({ timeout, logs }) }),
  } as unknown as WithFollow<T>;
}

/** How long to follow runs, and whether with their logs. */
export function limitsOf(
  { timeout, logs = false }: { readonly timeout?: number | undefined; readonly logs?: boolean | undefined },
): FollowRequest {
  return { logs, ...(timeout !== undefined && { timeoutMs: timeout * 1000 }) };
}

/**
 * The Python that a command runs steps with: absolute path or name; absent if neither option names one.
 *
 * @throws {UserError} `rehearse.python` for both options.
 */
export function stepPython(
  { cwd }: Pick<AppContext, "cwd">,
  { python, venv }: StepPythonTyped,
): string | undefined {
  if (venv === undefined) return python?.includes("/") ? resolve(cwd, python) : python;
  if (python === undefined) return join(resolve(cwd, venv), "bin", "python");
  throw new UserError("`--python` and `--venv` cannot be combined", {
    code: "rehearse.python",
    exit: ExitCode.Usage,
    hint: "Omit one of them",
  });
}

/** The port to listen on; absent for a free one. @throws {UserError} with this code if it is no port. */
export function portRequest(typed: string | undefined, code: string): number | undefined {
  if (typed === undefined) return undefined;
  if (/^\d{1,5}$/.test(typed) && Number(typed) <= 65_535) return Number(typed);
  throw new UserError(`Invalid port "${typed}": use a number from 0 to 65535`, {
    code,
    exit: ExitCode.Usage,
    hint: "Choose another port with `--port`, or remove it for a free one",
  });
}

/** Rejects the first of these options that was given. */
function refuse(
  typed: object,
  options: readonly string[],
  { code = "usage.package", sentence, hint }: {
    readonly code?: string;
    readonly sentence: (flag: string) => string;
    readonly hint: string;
  },
): void {
  const values = typed as Readonly<Record<string, unknown>>;
  const conflict = options.find((option) => values[option] !== undefined);
  if (conflict === undefined) return;
  throw new UserError(sentence(flagOf(conflict)), { code, exit: ExitCode.Usage, hint });
}
