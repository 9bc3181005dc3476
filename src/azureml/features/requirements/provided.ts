import { knownDatasets } from "../../../kedro/known/dataset_classes.ts";
import { knownPackages, normalName } from "../../../kedro/known/packages.ts";
import type { RequiredPackages } from "./requirement_files.ts";

/** What packages bring with them, as far as it is known. */
export interface Closure {
  readonly names: ReadonlySet<string>;
  /** Required packages whose own requirements are not known. */
  readonly unknown: readonly string[];
}

/** Packages that bring no others. */
const INSTALLERS = new Set(["pip", "setuptools", "wheel", "uv"]);

/** A package without content that pip no longer installs; scikit-learn is meant. */
const EMPTY = "sklearn";

/** All packages that are installed with the required ones. */
export function closureOf({ requirements }: Pick<RequiredPackages, "requirements">): Closure {
  const packages = knownPackages();
  const names = new Set<string>();
  const unknown = new Set<string>();
  const queue = requirements.flatMap(({ name, extras }) => [
    name,
    ...(name === "kedro-datasets"
      ? extras.flatMap((extra) => knownDatasets().extra(extra))
      : extras.length === 0
      ? []
      : packages.extrasOf(name)),
  ]);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (names.has(name) || name === EMPTY) continue;
    names.add(name);
    const requires = packages.requirementsOf(name);
    if (requires === undefined && !INSTALLERS.has(name)) unknown.add(name);
    if (requires === undefined) continue;
    queue.push(...requires);
  }
  return { names, unknown: [...unknown].sort() };
}

/** Whether required packages, or what they bring with them, provide a module such as `sklearn`. */
export function provides(packages: Pick<RequiredPackages, "requirements">, module: string): boolean {
  const { names } = closureOf(packages);
  const top = normalName(module.split(".")[0]!);
  if (knownPackages().providersOf(module).some((name) => names.has(name)) || names.has(top)) return true;
  const isShared = knownPackages().namespaces.has(module.split(".")[0]!);
  // Of a namespace such as `google` alone, each package that has a part of it will do.
  if (isShared && !module.includes(".")) return [...names].some((name) => name.startsWith(`${top}-`));
  // A package of the same name with something added, such as `acme-core-py` for `acme_core`.
  return !isShared && packages.requirements.some(({ name }) => name !== EMPTY && name.includes(top));
}
