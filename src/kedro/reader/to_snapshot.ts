import type { Warning } from "../../core/errors.ts";
import type { Problem, ReadSnapshot } from "./answer.ts";
import { isOldKedro, oldKedroWarning } from "./old_kedro.ts";
import { failureError, problemError, problemMessage } from "./failure.ts";
import type { Json, ProjectInfo, ProjectSnapshot } from "../snapshot.ts";

/** What is known without asking the reader, which the project's code could have changed. */
export interface Known {
  readonly source: ProjectInfo["source"];
  readonly env: string;
  readonly runtimeParams: Readonly<Record<string, Json>>;
  /** Come before those of the reader. */
  readonly warnings: readonly Warning[];
  /** A context, catalog or parameters that cannot be read are warnings instead of an error. */
  readonly lenient?: boolean;
}

/**
 * Makes a snapshot of what a reader answered.
 *
 * @throws {UserError} `kedro.catalog` or `kedro.parameters` unless `lenient`, `kedro.project_code` for the context.
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
  // What the project's code was kept from may be why it failed.
  const notes = source === "embedded" ? warnings.map(({ message }) => message) : [];
  const failure = { ...problem, stand_ins: project.stand_ins };
  return failureError(failure, { packageName, kedroInitVersion }, source, notes);
}

function problemWarning(problem: Problem): Warning {
  const { area, place } = problem;
  return { code: `kedro.${area}`, message: problemMessage(problem), ...(place === null ? {} : { place }) };
}
