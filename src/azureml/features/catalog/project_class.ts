import { knownDatasets } from "../../../kedro/known/dataset_classes.ts";
import { absoluteModule, type ProjectSource } from "../../../kedro/source/project_source.ts";

/** The arguments of a constructor. */
export interface ProjectArguments {
  readonly all: ReadonlySet<string>;
  readonly required: readonly string[];
  readonly takesAny: boolean;
}

/**
 * The arguments of a project's own dataset class, by its constructor or that of a class it inherits from; `undefined`
 * if they cannot be determined from its source.
 */
export function projectArguments(
  type: string,
  source: ProjectSource,
  depth = 0,
): ProjectArguments | undefined {
  const dot = type.lastIndexOf(".");
  const [module, name] = [type.slice(0, dot), type.slice(dot + 1)];
  const parsed = source.read(module);
  if (parsed === undefined || depth > MOST_BASES) return undefined;
  const definition = parsed.classes.get(name);
  if (definition === undefined) {
    const use = parsed.imports.find(({ names }) => names.includes(name));
    return use && argumentsOf(`${absoluteModule(source, module, use)}.${name}`, source, depth);
  }
  if (definition.init !== undefined) {
    const { args, required, takesAny } = definition.init;
    return { all: new Set(args), required, takesAny };
  }
  const [base] = definition.bases;
  if (base === undefined || base.includes(".") || definition.bases.length > 1) return undefined;
  return projectArguments(`${module}.${base}`, source, depth + 1);
}

const MOST_BASES = 8;

/** The arguments of a class that a project imports. */
function argumentsOf(type: string, source: ProjectSource, depth: number): ProjectArguments | undefined {
  const [span] = knownDatasets().find(type).slice(-1);
  if (span === undefined) return projectArguments(type, source, depth + 1);
  return { all: span.args, required: span.required, takesAny: span.takesAny };
}
