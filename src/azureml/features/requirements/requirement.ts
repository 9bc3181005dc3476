import { satisfies, validRange } from "@renovatebot/pep440";
import type { Place } from "../../../core/errors.ts";
import { normalName } from "../../../kedro/known/packages.ts";
import { ownValue } from "../../../core/fields.ts";

/** A package that a file requires. */
export interface Requirement {
  /** Normalized name. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Versions as in PEP 440, such as `>=1.0,<2`; `""` if any. */
  readonly versions: string;
  readonly place: Place;
}

const LINE = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(@\s*\S.*|[^;#]*)/;

/** Parses a requirement such as `pandas[excel]>=2; python_version > "3.8"`; `undefined` if it is none. */
export function parseRequirement(text: string, place: Place): Requirement | undefined {
  const [, name, extras = "", rest = ""] = LINE.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const versions = rest.trim().replace(/^\((.*)\)$/, "$1").trim();
  return {
    name: normalName(name),
    extras: extras.split(",").map((extra) => normalName(extra.trim())).filter((extra) => extra !== ""),
    versions: /^(?:[<>=!~]=?)/.test(versions) ? versions : "",
    place,
  };
}

/** Parses a dependency of a conda file, such as `conda-forge::pandas=2.1`. */
export function parseCondaRequirement(text: string, place: Place): Requirement | undefined {
  const [, name, rest = ""] = /^(?:[^:\s]+::)?([A-Za-z0-9_][\w.-]*)\s*(.*)$/.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const exact = /^=?\s*(\d[\w.]*?)(?:\.?\*)?(?:=.*)?$/.exec(rest)?.[1];
  const versions = exact !== undefined ? `==${exact}.*` : /^[<>!~]=?|^==/.test(rest) ? rest : "";
  return { name: ownValue(CONDA_NAMES, name) ?? normalName(name), extras: [], versions, place };
}

/** Packages that have another name on conda channels. */
const CONDA_NAMES: Readonly<Record<string, string>> = {
  pytorch: "torch",
  "pytorch-gpu": "torch",
  "pytorch-cpu": "torch",
  "matplotlib-base": "matplotlib",
  "py-xgboost": "xgboost",
  "seaborn-base": "seaborn",
  "opencv": "opencv-python",
  "py-opencv": "opencv-python",
  "pytables": "tables",
  "dask-core": "dask",
  "pyarrow-core": "pyarrow",
  "faiss": "faiss-cpu",
  "msgpack-python": "msgpack",
  "python-graphviz": "graphviz",
  "ruamel.yaml": "ruamel-yaml",
};

/** Parses a dependency of Poetry, such as `pandas = "^2.0"`. */
export function parsePoetryRequirement(name: string, value: unknown, place: Place): Requirement {
  const table = typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  const text = typeof value === "string" ? value : typeof table.version === "string" ? table.version : "";
  const extras = Array.isArray(table.extras) ? table.extras.map((extra) => normalName(String(extra))) : [];
  return { name: normalName(name), extras, versions: text.split(",").map(fromPoetry).join(","), place };
}

/** Converts `^1.2` and `~1.2` to PEP 440. */
function fromPoetry(text: string): string {
  const typed = text.trim();
  const [, sign, version] = /^([\^~])\s*(\d[\d.]*)/.exec(typed) ?? [];
  if (version === undefined) return /^\d/.test(typed) ? `==${typed}` : typed === "*" ? "" : typed;
  const parts = version.split(".").map(Number);
  const kept = sign === "~"
    ? Math.min(2, parts.length)
    : Math.max(1, parts.findIndex((part) => part > 0) + 1);
  const next = parts.slice(0, kept).map((part, at) => at === kept - 1 ? part + 1 : part);
  return `>=${version},<${next.join(".")}`;
}

/** Whether a requirement allows a version; `true` if its versions cannot be read. */
export function allows({ versions }: Pick<Requirement, "versions">, version: string): boolean {
  return !validRange(versions) || satisfies(version, versions, { prereleases: true });
}

/** Whether a requirement excludes versions above some version, so that pip does not install the newest. */
export function isCapped({ versions }: Pick<Requirement, "versions">): boolean {
  return /(?:^|,)\s*(?:==|~=|<)/.test(versions);
}
