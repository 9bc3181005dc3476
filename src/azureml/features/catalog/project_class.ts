import { type ClassArguments, knownDatasets } from "../../../kedro/known/dataset_classes.ts";
import { absoluteModule, type ProjectSource } from "../../../kedro/source/project_source.ts";

/**
 * The arguments of a project's own dataset class, by its constructor or that of a class it inherits from; `undefined`
 * if they cannot be determined from its source.
 */
export function projectArguments(
  type: string,
  source: ProjectSource,
  depth = 0,
): ClassArguments | undefined {
  const dot = type.lastIndexOf(".");
  const [module, name] = [type.slice(0, dot), type.slice(dot + 1)];
  const parsed = source.read(module);
  if (parsed === undefined || depth > MOST_BASES) return undefined;
  const definition = parsed.classes.get(name);
  if (definition === undefined) {
    const use = parsed.imports.find(({ names }) => names.includes(name));
    return use && argumentsOf(`${absoluteModule(source, module, use)}.${name}`, source, depth);
  }
  if (definition.init !== undefined) return definition.init;
  const [base] = definition.bases;
  if (base === undefined || base.includes(".") || definition.bases.length > 1) return undefined;
  return projectArguments(`${module}.${base}`, source, depth + 1);
}

const MOST_BASES = 8;

/** The arguments of a class that a project imports. */
function argumentsOf(type: string, source: ProjectSource, depth: number): ClassArguments | undefined {
  return knownDatasets().find(type).at(-1) ?? projectArguments(type, source, depth + 1);
}
