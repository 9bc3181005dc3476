import { satisfies, validRange } from "@renovatebot/pep440";
import { dirname, join, sep } from "node:path";
import type { ConfigNode, ScalarNode } from "../../config/omegaconf/node.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import type { FileSystem } from "../../core/context.ts";
import { type Place, tryParse } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { normalName } from "../../kedro/known_packages.ts";
import { lineOfKey, parseToml } from "../../kedro/project.ts";

export interface RequiredPackages {
  readonly requirements: readonly Requirement[];
  /** Minor version of Python that it installs, such as `3.11`. */
  readonly python?: { readonly version: string; readonly place: Place };
  /** Why it may install further packages; absent if it lists all of them. */
  readonly open?: string;
  /** The lines of a conda file with which no environment can be made. */
  readonly refused?: readonly RefusedLine[];
}

type RefusedLine = ReturnType<typeof refusedLines>[number];

/** Files of a project, by paths relative to its folder with forward slashes. */
export interface ProjectFolder {
  readonly fs: Pick<FileSystem, "readText" | "stat">;
  readonly root: string;
}

/** Merges what several files install into one environment. */
export function mergePackages(parts: readonly RequiredPackages[]): RequiredPackages {
  const open = parts.find((part) => part.open !== undefined)?.open;
  const python = parts.find((part) => part.python !== undefined)?.python;
  return {
    requirements: parts.flatMap(({ requirements }) => requirements),
    ...(python !== undefined && { python }),
    ...(open !== undefined && { open }),
  };
}

/** Reads the text of a file; `undefined` if it does not exist or cannot be read. */
export async function readIfThere(folder: ProjectFolder, file: string): Promise<string | undefined> {
  const path = join(folder.root, file);
  if ((await folder.fs.stat(path).catch(() => undefined))?.kind !== "file") return undefined;
  return await folder.fs.readText(path).catch(() => undefined);
}

export async function readRequirementsFile(
  folder: ProjectFolder,
  file: string,
): Promise<RequiredPackages> {
  return await packagesOf(folder, await requirementLines(folder, file));
}

/** A line of a requirements file, or an argument of `pip install`. */
interface RequirementLine {
  /** As pip reads it: without a comment and hashes, and never empty. */
  readonly text: string;
  readonly place: Place;
  /** Whether it names a requirements file that cannot be read, or that includes itself. */
  readonly isUnreadable?: boolean;
  readonly hasHash?: boolean;
}

export async function requirementLines(
  folder: ProjectFolder,
  file: string,
  seen: readonly string[] = [],
): Promise<readonly RequirementLine[]> {
  const text = await readIfThere(folder, file);
  if (text === undefined || seen.includes(file)) {
    return [{ text: file, place: { file, line: 1, column: 1 }, isUnreadable: true }];
  }
  const lines = await Promise.all(
    logicalLines(text).map(({ text, line }) =>
      withIncluded(folder, text, { file, line, column: 1 }, [...seen, file])
    ),
  );
  return lines.flat();
}

async function withIncluded(
  folder: ProjectFolder,
  raw: string,
  place: Place,
  seen: readonly string[],
): Promise<readonly RequirementLine[]> {
  const text = raw.replace(/(^|\s)#[^]*$/, "").replaceAll(/\s--hash[=\s]\S+/g, "").trim();
  if (text === "") return [];
  const other = /^(?:-r|--requirement)[\s=]*(["']?)((?!\S*:\/\/)\S+)\1$/.exec(text)?.[2];
  return other === undefined
    ? [{ text, place, ...(/\s--hash/.test(raw) && { hasHash: true }) }]
    : await requirementLines(folder, normalized(join(dirname(place.file), other)), seen);
}

/** The lines of a file with their numbers; one that ends with a backslash continues on the next. */
function logicalLines(text: string): { readonly text: string; readonly line: number }[] {
  let line = 1;
  return text.replaceAll("\r\n", "\n").split(/(?<!\\)\n/).map((whole) => {
    const start = line;
    line += whole.split("\n").length;
    return { text: whole.replaceAll("\\\n", "  "), line: start };
  });
}

/** Reads one line of a requirements file, or one argument of `pip install`. */
async function readLine(folder: ProjectFolder, raw: string, place: Place): Promise<RequiredPackages> {
  return await packagesOf(folder, await withIncluded(folder, raw, place, []));
}

async function packagesOf(
  folder: ProjectFolder,
  lines: readonly RequirementLine[],
): Promise<RequiredPackages> {
  return mergePackages(await Promise.all(lines.map((line) => packagesOfLine(folder, line))));
}

async function packagesOfLine(
  folder: ProjectFolder,
  { text, place, isUnreadable }: RequirementLine,
): Promise<RequiredPackages> {
  if (isUnreadable) return { requirements: [], open: `${text} cannot be read` };
  const local = /^(?:-e|--editable)?\s*(?:\.\/?|\.\[([^\]]*)\])$/.exec(text);
  if (local !== null) {
    const extras = (local[1] ?? "").split(",").map((extra) => normalName(extra.trim()));
    return await readPyproject(folder, extras) ??
      { requirements: [], open: `${place.file} installs ${text}` };
  }
  const named = /#egg=([\w.-]+)/.exec(text)?.[1];
  if (named !== undefined) return listed(parseRequirement(named, place));
  if (/^(?:-r|--requirement|-e|--editable|\.{0,2}\/|file:|git\+|https?:|\S+\.whl\b)/.test(text)) {
    return { requirements: [], open: `${place.file} installs ${text}` };
  }
  return listed(parseRequirement(text, place));
}

function listed(requirement: Requirement | undefined): RequiredPackages {
  return { requirements: requirement === undefined ? [] : [requirement] };
}

function normalized(path: string): string {
  return path.replaceAll(sep, "/");
}

export async function readCondaFile(
  folder: ProjectFolder,
  file: string,
): Promise<RequiredPackages | undefined> {
  const text = await readIfThere(folder, file);
  const root = text === undefined ? undefined : yamlOf(text, file);
  return root === undefined ? undefined : await condaPackages(folder, root);
}

export function yamlOf(text: string, file: string): ConfigNode | undefined {
  return tryParse(() => parseYaml(text, file));
}

/** The packages in a conda file that was parsed; `undefined` if it has no dependencies. */
export async function condaPackages(
  folder: ProjectFolder,
  root: ConfigNode,
): Promise<RequiredPackages | undefined> {
  const lines = condaLines(root);
  if (lines === undefined) return undefined;
  const ofPip = lines.pip.map(({ value, place }) => readLine(folder, String(value), place));
  return {
    ...mergePackages([
      ...lines.conda.map(({ value, place }) => condaPackage(String(value), place)),
      ...await Promise.all(ofPip),
    ]),
    refused: refusedLines(root),
  };
}

/** What pip refuses in a conda file, and a list of pip that is none. */
export function refusedLines(root: ConfigNode | undefined) {
  const { unmarked = [], pip = [], nested = [] } = condaLines(root) ?? {};
  return [
    // conda joins these lines as texts, and fails for anything else.
    ...nested.map((node) => ({
      message: `pip needs a line of text, not ${node.kind === "map" ? "a mapping" : "a list"}`,
      hint: "Write a name and versions, such as `pandas>=2,<3`",
      place: node.place,
    })),
    ...unmarked.map(({ place }) => ({
      message: "`- pip` lacks its colon, which makes one text of it and the list below it",
      hint: "Write `- pip:`",
      place,
    })),
    ...pip.flatMap(({ value, place }) => {
      const text = String(value).trim();
      if (isEmptyRange(text)) {
        return [{ message: `No version meets "${text}"`, hint: "Correct the versions", place }];
      }
      if (typeof value !== "string" || isPipRequirement(text)) return [];
      const meant = text.replace(/=([<>~!])(?!=)/, "$1=").replace(/(?<![<>=!~])=(?![<>=!~])/, "==");
      return [{
        message: `pip cannot read "${text}"`,
        hint: `Write ${
          isPipRequirement(meant) ? `\`${meant}\`` : "a name and versions, such as `pandas>=2,<3`"
        }`,
        place,
      }];
    }),
  ];
}

/** Whether a requirement asks for at least one version, and for one below it. */
function isEmptyRange(line: string): boolean {
  const [, low] = /(?<![<=>!~])>=\s*(\d[\d.]*)(?![\w.*+!-])/.exec(line) ?? [];
  const [high] = /(?<![<=>!~])<=?\s*\d[\d.]*(?![\w.*+!-])/.exec(line) ?? [];
  return low !== undefined && high !== undefined && !line.includes(";") && !allows({ versions: high }, low);
}

// Before 24.1, pip reads `pandas>=` too.
const VERSION_PART = String.raw`[\w.*+!-]`;
const VERSIONS = String.raw`(?:===\s*[^\s;)]+|[~=]=\s*${VERSION_PART}+|(?:[!<>]=|[<>])\s*${VERSION_PART}*)`;
const ALL_VERSIONS = `(?:${VERSIONS}(?:\\s*,\\s*${VERSIONS})*\\s*,?)?`;
const PIP_REQUIREMENT = new RegExp(
  String
    .raw`^[A-Za-z0-9][\w.-]*\s*(?:\[[^[\]]*\]\s*)?(?:${ALL_VERSIONS}|\(\s*${ALL_VERSIONS}\s*\))\s*(?:;|$)`,
);
/** Options, addresses, paths, archives and variables, which have a grammar of their own. */
const NO_NAME = /^(?:[-.]|(?:file|ftp|https?):)|[@/\\$\n]|\.(?:whl|zip|tar|tgz|tbz|tar\.\w+)(?:\[|\s|;|$)/;

/** Longer ones are not looked at, for which the pattern would take long. */
const LONGEST_REQUIREMENT = 1000;

/** Whether some version of pip might install a line of requirements: those differ in the versions that they read. */
export function isPipRequirement(line: string): boolean {
  const text = line.replace(/(^|\s)#.*$/, "").replace(/\s--?[a-z][^]*$/i, "").trim();
  return text === "" || text.length > LONGEST_REQUIREMENT || NO_NAME.test(text) || PIP_REQUIREMENT.test(text);
}

/** What a conda file installs with conda, and with pip; `undefined` if it has no dependencies. */
export function condaLines(root: ConfigNode | undefined) {
  const dependencies = root?.kind === "map" ? root.entries.get("dependencies") : undefined;
  if (dependencies?.kind !== "list") return undefined;
  const isScalar = (node: ConfigNode) => node.kind === "scalar";
  const ofPip = dependencies.items.flatMap((item) =>
    item.kind === "map" ? item.entries.get("pip") ?? [] : []
  );
  const pipItems = ofPip.flatMap((pip) => pip.kind === "list" ? pip.items : []);
  const scalars = dependencies.items.filter(isScalar);
  const unmarked = scalars.filter(({ value }) => /^pip\s+-\s/.test(String(value)));
  return {
    conda: scalars.filter((item) => !unmarked.includes(item)),
    pip: [
      ...pipItems.filter(isScalar),
      ...unmarked.flatMap((item) =>
        String(item.value).split(/\s-\s/).slice(1).map((line) => ({
          ...item,
          value: line.trim().replace(/^(["'])(.*)\1$/, "$2"),
        }))
      ),
    ],
    /** Mappings and lists, such as of `- pandas: 2`. */
    nested: pipItems.filter((item) => !isScalar(item)),
    /** Texts that YAML makes of `- pip` without a colon and the list below it. */
    unmarked,
  };
}

export function pipFiles(conda: ConfigNode | undefined): readonly ScalarNode[] {
  return (condaLines(conda)?.pip ?? []).filter(({ value }) => namesFile(String(value)));
}

/** Whether a line of requirements makes pip read a file or folder, rather than an address. */
export function namesFile(line: string): boolean {
  const [, included] = /^(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)/.exec(line.trim()) ?? [];
  return included === undefined
    ? /^(?:-e|--editable)?[\s=]*(?:\.|\/|file:)/.test(line.trim())
    : !included.includes("://");
}

function condaPackage(text: string, place: Place): RequiredPackages {
  const requirement = parseCondaRequirement(text, place);
  if (requirement?.name !== "python") return listed(requirement);
  const version = /(\d+\.\d+)/.exec(requirement.versions)?.[1];
  return { requirements: [], ...(version !== undefined && { python: { version, place } }) };
}

/**
 * Reads the dependencies of `[project]` in pyproject.toml; `undefined` if it lists none.
 *
 * @param extras The extras that are installed, too.
 */
export async function readPyproject(
  folder: ProjectFolder,
  extras: readonly string[] = [],
): Promise<RequiredPackages | undefined> {
  const file = "pyproject.toml";
  const text = await readIfThere(folder, file) ?? "";
  const table = tryParse(() => parseToml(text, file) as PyprojectTable);
  if (table === undefined) return undefined;
  const placeOf = (...path: string[]): Place => ({ file, line: lineOfKey(text, path) ?? 1, column: 1 });
  const more = extrasIn(table, extras, placeOf("project", "optional-dependencies"));
  const own = table.project?.dependencies;
  if (Array.isArray(own)) {
    const place = placeOf("project", "dependencies");
    return mergePackages([{
      requirements: own.flatMap((line) => parseRequirement(String(line), place) ?? []),
    }, more]);
  }
  if (table.project?.dynamic?.includes("dependencies")) {
    const files = [table.tool?.setuptools?.dynamic?.dependencies?.file ?? []].flat();
    const parts = await Promise.all(files.map((file) => readRequirementsFile(folder, file)));
    const open = { requirements: [], open: `the build backend of ${file} computes its dependencies` };
    return mergePackages([...parts, ...(files.length === 0 ? [open] : []), more]);
  }
  return undefined;
}

function extrasIn(
  { project }: PyprojectTable,
  extras: readonly string[],
  place: Place,
): RequiredPackages {
  const optional = project?.["optional-dependencies"];
  const lines = Object.entries(optional ?? {}).filter(([name]) => extras.includes(normalName(name)))
    .flatMap(([, lines]) => Array.isArray(lines) ? lines : []);
  return { requirements: lines.flatMap((line) => parseRequirement(String(line), place) ?? []) };
}

interface PyprojectTable {
  readonly project?: {
    readonly dependencies?: unknown;
    readonly dynamic?: readonly string[];
    readonly "optional-dependencies"?: Readonly<Record<string, unknown>>;
  };
  readonly tool?: {
    readonly setuptools?: {
      readonly dynamic?: { readonly dependencies?: { readonly file?: string | readonly string[] } };
    };
  };
}

export interface Requirement {
  /** Normalized name. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Versions as in PEP 440, such as `>=1.0,<2`; `""` if any. */
  readonly versions: string;
  readonly place: Place;
}

const LINE = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(@\s*\S.*|[^;#]*)(?:;([^#]*))?/;

/**
 * Parses a requirement such as `pandas[excel]>=2; python_version > "3.8"`; `undefined` if it is none, or if steps never
 * get it.
 */
export function parseRequirement(text: string, place: Place): Requirement | undefined {
  const [, name, extras = "", rest = "", marker = ""] = LINE.exec(text.trim()) ?? [];
  if (name === undefined || excludesSteps(marker)) return undefined;
  const versions = rest.trim().replace(/^\((.*)\)$/, "$1").trim();
  return {
    name: normalName(name),
    extras: extras.split(",").map((extra) => normalName(extra.trim())).filter((extra) => extra !== ""),
    versions: /^(?:[<>=!~]=?)/.test(versions) ? versions : "",
    place,
  };
}

export const OLDEST_PYTHON = "3.11";

const ON_LINUX: Readonly<Record<string, string>> = {
  sys_platform: "linux",
  platform_system: "Linux",
  os_name: "posix",
};

/** Whether a marker is false for every step: they run on Linux, with {@linkcode OLDEST_PYTHON} or newer. */
function excludesSteps(marker: string): boolean {
  return !/\bor\b|\(/.test(marker) && marker.split(/\band\b/).some((part) => {
    const [, name, sign, value = ""] = /^\s*(\w+)\s*(==|!=|<=?)\s*["']([\w.]+)["']\s*$/.exec(part) ?? [];
    if (name === undefined) return false;
    const linux = ownValue(ON_LINUX, name);
    if (linux !== undefined) return sign === "==" ? value !== linux : sign === "!=" && value === linux;
    return name === "python_version" && sign !== "!=" &&
      !allows({ versions: sign === "<" ? `>${OLDEST_PYTHON}` : `>=${OLDEST_PYTHON}` }, value);
  });
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

/** Whether a requirement allows a version; `true` if its versions cannot be read. */
export function allows({ versions }: Pick<Requirement, "versions">, version: string): boolean {
  return !validRange(versions) || satisfies(version, versions, { prereleases: true });
}

/** The versions that a requirement names, whatever it says of them. */
export function versionsIn({ versions }: Pick<Requirement, "versions">): readonly string[] {
  return versions.match(/\d+(?:\.\d+)*/g) ?? [];
}

/** Whether a requirement excludes versions above some version, so that pip does not install the newest. */
export function isCapped({ versions }: Pick<Requirement, "versions">): boolean {
  return /(?:^|,)\s*(?:==|~=|<)/.test(versions);
}
