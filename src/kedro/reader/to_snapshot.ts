import type { Warning } from "../../core/errors.ts";
import type { Problem, ReadSnapshot } from "./answer.ts";
import { failureError, problemError, problemMessage } from "./failure.ts";
import type { Json, ProjectInfo, ProjectSnapshot } from "../snapshot.ts";

/** Values from the caller rather than from the reader, whose answer the project's code could change. */
export interface Known {
  readonly source: ProjectInfo["source"];
  readonly env: string;
  readonly runtimeParams: Readonly<Record<string, Json>>;
  /** Listed before the reader's warnings. */
  readonly warnings: readonly Warning[];
  /** Report a context, catalog or parameters that cannot be read as warnings instead of an error. */
  readonly lenient?: boolean;
}

/**
 * Builds a snapshot from a reader's answer.
 *
 * @throws {UserError} Unless `lenient`: `kedro.catalog` or `kedro.parameters`, or for the context as `failureError()`.
 */
export function toSnapshot({ problems, ...answer }: ReadSnapshot, known: Known): ProjectSnapshot {
  const { source, env, runtimeParams, lenient = false } = known;
  const [problem] = problems;
  if (problem !== undefined && !lenient) throw errorOf(problem, answer.project, known);
  return {
    version: 1,
    ...answer,
    project: { ...answer.project, source, env, runtime_params: runtimeParams },
    warnings: [
      ...(isOldKedro(answer.project) ? [oldKedroWarning(answer.project)] : []),
      ...known.warnings,
      ...answer.warnings,
      ...problems.map(problemWarning),
    ],
  };
}

function errorOf(problem: Problem, project: ReadSnapshot["project"], { source, warnings }: Known) {
  if (problem.area !== "context" || source === "file") return problemError(problem);
  const { package_name: packageName, kedro_init_version: kedroInitVersion } = project;
  const failure = { ...problem, stubs: project.stubs };
  // Files and variables hidden from the project's code may explain the failure.
  return failureError(
    failure,
    { packageName, kedroInitVersion },
    source,
    source === "embedded" ? warnings : [],
  );
}

function problemWarning(problem: Problem): Warning {
  const { area, place } = problem;
  return { code: `kedro.${area}`, message: problemMessage(problem), ...(place === null ? {} : { place }) };
}

/** Whether the project's Kedro is too old for the plugin, which runs the steps on Azure ML. */
export function isOldKedro({ kedro_version: version }: Pick<ProjectInfo, "kedro_version">): boolean {
  return version.startsWith("0.");
}

/** The warning for such a project. */
export function oldKedroWarning(project: Pick<ProjectInfo, "kedro_init_version">): Warning {
  return {
    code: "kedro.old",
    message:
      `The project was made for Kedro ${project.kedro_init_version}: on Azure ML its steps run kedro-azureml-pipeline, which needs Kedro 1.2`,
    hint: "Migrate the project to Kedro 1, or submit anyway with `--allow-kedro-0`",
  };
}
