import { once } from "../core/async.ts";
import text from "./known_datasets.txt" with { type: "text" };

export interface ClassArguments {
  readonly args: ReadonlySet<string>;
  readonly required: readonly string[];
  readonly takesAny: boolean;
}

/** The arguments of a dataset class in a range of versions. */
export interface DatasetClass extends ClassArguments {
  /** Name as in a catalog, such as `pandas.CSVDataset` or `kedro.io.MemoryDataset`. */
  readonly name: string;
  /** The package that has it, such as `kedro-datasets`. */
  readonly distribution: string;
  /** First and last version with these arguments; the last is `undefined` if the newest known version has them. */
  readonly since: string;
  readonly until: string | undefined;
  /** Modules without which it cannot be imported. */
  readonly imports: readonly string[];
  readonly requirements: readonly string[];
}

interface KnownDatasets {
  /** The class of a `type` in each range of versions, oldest first; also by the path of its submodule. */
  find(type: string): readonly DatasetClass[];
  /** Names of the classes in the newest version of each package that steps can have, as catalogs write them. */
  readonly newest: readonly string[];
  /** Known versions of a package, oldest first. */
  versionsOf(distribution: string): readonly string[];
  /** Packages that an extra of kedro-datasets installs, such as `pandas-csvdataset` or `pandas`. */
  extra(name: string): readonly string[];
  /** Whether a module belongs to one of the packages, such as `pandas` to kedro-datasets. */
  hasModule(module: string): boolean;
}

/** Prefixes that Kedro tries for a `type`, in this order. */
const PREFIXES = ["kedro.io.", "kedro_datasets.", ""];

/** The dataset classes, parsed when first used. */
export const knownDatasets: () => KnownDatasets = once(parse);

function parse(): KnownDatasets {
  const classes = new Map<string, DatasetClass[]>();
  const versions = new Map<string, string[]>();
  let distribution = "";
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [first, ...rest] = line.split(" ") as [string, ...string[]];
    if (first === "=") {
      distribution = rest[0]!;
      versions.set(distribution, rest.slice(1));
      continue;
    }
    const path = distribution === "kedro-datasets" && !first.startsWith("kedro_datasets_")
      ? `kedro_datasets.${first}`
      : first;
    const definition = toClass(first, distribution, rest);
    for (const name of namesOf(path, rest[2]!)) classes.set(name, [...classes.get(name) ?? [], definition]);
  }
  const all = [...classes.values()].flat();
  return {
    find: (type) =>
      PREFIXES.map((prefix) => classes.get(prefix + type)).find((definition) => definition !== undefined) ??
        [],
    newest: [
      ...new Set(
        all.filter(({ until, distribution }) => until === undefined && distribution !== "kedro-azureml")
          // Classes of kedro.io need no prefix.
          .map(({ name }) => name.replace(/^kedro\.io\./, "")),
      ),
    ],
    versionsOf: (name) => versions.get(name) ?? [],
    extra(name) {
      const same = all.filter((type) => {
        const extra = extraOf(type);
        return extra !== undefined && (extra === name || extra.startsWith(`${name}-`));
      });
      // Other extras are named after a package, such as `pandas-base`.
      return same.length === 0 ? [name.split("-")[0]!] : same.flatMap(({ requirements }) => requirements);
    },
    hasModule: (module) =>
      PREFIXES.some((prefix) => [...classes.keys()].some((name) => name.startsWith(`${prefix}${module}.`))),
  };
}

/** The paths of a class: by its package, and by the submodule that defines it. */
function namesOf(path: string, submodule: string): string[] {
  const at = path.lastIndexOf(".");
  return submodule === "-" ? [path] : [path, `${path.slice(0, at)}.${submodule}${path.slice(at)}`];
}

function toClass(name: string, distribution: string, [since, until, , args, , imports, needs]: string[]) {
  const listed = (value: string | undefined) => value === "-" ? [] : value!.split(",");
  const names = listed(args);
  return {
    name,
    distribution,
    since: since!,
    until: until === "*" ? undefined : until!,
    args: new Set(names.map((name) => name.replace("!", ""))),
    required: names.filter((name) => name.endsWith("!")).map((name) => name.slice(0, -1)),
    takesAny: names.includes("**"),
    imports: listed(imports),
    requirements: listed(needs),
  };
}

/** The extra of kedro-datasets that installs what a class needs; `undefined` if it has none. */
export function extraOf(
  { distribution, name }: Pick<DatasetClass, "distribution" | "name">,
): string | undefined {
  return distribution === "kedro-datasets" && !name.startsWith("kedro_")
    ? name.toLowerCase().replace(".", "-")
    : undefined;
}
