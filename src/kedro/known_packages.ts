import { once } from "../core/async.ts";
import text from "./known_packages.txt" with { type: "text" };

interface KnownPackages {
  /** Normalized names of the packages that provide a module such as `sklearn` or `azure.ai.ml`; empty if not known. */
  providersOf(module: string): readonly string[];
  /** Modules that many packages share, such as `azure`. */
  readonly namespaces: ReadonlySet<string>;
  readonly modules: readonly string[];
  /** What a package always requires; `undefined` if the package is not known. */
  requirementsOf(name: string): readonly string[] | undefined;
  /** Further packages that its extras may require. */
  extrasOf(name: string): readonly string[];
  /** Whether a module is in the standard library of a version of Python such as `3.12`. */
  isStandard(module: string, python: string): boolean;
}

export const knownPackages: () => KnownPackages = once(parse);

/** The normalized name of a package (PEP 503). */
export function normalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

function parse(): KnownPackages {
  const imports = new Map<string, readonly string[]>();
  const packages = new Map<string, readonly [requires: readonly string[], extras: readonly string[]]>();
  const [standard, removed, added] = [
    new Set<string>(),
    new Map<string, string>(),
    new Map<string, string>(),
  ];
  let namespaces = new Set<string>();
  for (const line of text.split("\n")) {
    const [kind = "", ...words] = line.split(" ");
    if (kind === "import") imports.set(words[0]!, words.slice(1));
    else if (kind === "package") packages.set(words[0]!, [listed(words[1]), listed(words[2])]);
    else if (kind === "namespaces") namespaces = new Set(words);
    else if (kind === "stdlib") { for (const word of words) standard.add(word); }
    else if (kind.startsWith("stdlib-")) { for (const word of words) removed.set(word, kind.slice(7)); }
    else if (kind.startsWith("stdlib+")) { for (const word of words) added.set(word, kind.slice(7)); }
  }
  return {
    providersOf(module) {
      const parts = module.split(".");
      for (let length = parts.length; length > 0; length--) {
        const providers = imports.get(parts.slice(0, length).join("."));
        if (providers !== undefined) return providers;
      }
      const name = normalName(parts[0]!);
      return packages.has(name) && !namespaces.has(parts[0]!) ? [name] : [];
    },
    namespaces,
    modules: [...imports.keys(), ...[...packages.keys()].map((name) => name.replaceAll("-", "_"))],
    requirementsOf: (name) => packages.get(name)?.[0],
    extrasOf: (name) => packages.get(name)?.[1] ?? [],
    isStandard: (module, python) =>
      standard.has(module) ||
      (removed.has(module) && isBefore(python, removed.get(module)!)) ||
      (added.has(module) && !isBefore(python, added.get(module)!)),
  };
}

function listed(value: string | undefined): readonly string[] {
  return value === undefined || value === "-" ? [] : value.split(",");
}

function isBefore(python: string, version: string): boolean {
  const [minor, other] = [python, version].map((part) => Number(part.split(".")[1]));
  return minor! < other!;
}
