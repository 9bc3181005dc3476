import type { ClassArguments } from "../known/dataset_classes.ts";
import type { SyntaxNode } from "@lezer/common";
import { once } from "../../core/async.ts";
import { parser } from "@lezer/python";
import { importsIn, type ImportTime, timeOf } from "./import_statement.ts";
import { childrenOf, nameIn, splitAt, type TextOf } from "./syntax.ts";

/** One imported module. */
export interface ImportUse {
  /** Dotted name; a relative import starts with its dots. */
  readonly module: string;
  /** The names that `from … import` takes; empty for `import …`. */
  readonly names: readonly string[];
  readonly line: number;
  readonly column: number;
  readonly when: ImportTime;
  /** Qualified name of the function that contains it. */
  readonly inside?: string;
}

/** A class and what its constructor takes. */
export interface ClassSource {
  readonly name: string;
  /** Base classes as written, such as `AbstractDataset`. */
  readonly bases: readonly string[];
  /** Arguments of its own `__init__`; `undefined` if it has none. */
  readonly init: ClassArguments | undefined;
}

/** A function or method. */
export interface FunctionSource {
  /** Line of its `def`. */
  readonly line: number;
  /** Its code, with decorators. */
  readonly text: string;
}

/** An environment variable that a module reads, such as `os.environ["HOST"]`, which fails if it is not set. */
export interface VariableUse extends Pick<ImportUse, "line" | "column" | "when" | "inside"> {
  readonly variable: string;
}

/** What the text of a Python module says. */
export interface PythonModule {
  readonly imports: readonly ImportUse[];
  /** By qualified name, such as `Model.fit` or `make.<locals>.inner`; the last of several counts. */
  readonly functions: ReadonlyMap<string, FunctionSource>;
  /** Environment variables that it requires, without those that it sets itself. */
  readonly variables: readonly VariableUse[];
  readonly classes: ReadonlyMap<string, ClassSource>;
  /** Names that the module binds at its top level. */
  readonly names: ReadonlySet<string>;
  /** Whether its text has a word, such as a name that it may bind in another way. */
  mentions(word: string): boolean;
  /** Whether it may have other names, too: `import *`, `__getattr__`, `globals()`, `exec()` or `__path__`. */
  readonly isOpen: boolean;
}

/** Parses the text of a Python module; syntax errors are skipped. */
export function parsePython(text: string): PythonModule {
  const imports: ImportUse[] = [];
  const variables: VariableUse[] = [];
  const classes = new Map<string, ClassSource>();
  const names = new Set<string>();
  const functions = new Map<string, FunctionSource>();
  const lineStarts = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
  const textOf = ({ from, to }: SyntaxNode) => text.slice(from, to);
  const placeOf = (offset: number) => {
    const line = lineStarts.filter((start) => start <= offset).length;
    return { line: line + 1, column: offset - (lineStarts[line - 1] ?? 0) + 1 };
  };
  parser.parse(text).iterate({
    enter({ node }) {
      if (node.name === "ImportStatement") {
        const { when, inside } = timeOf(node, textOf);
        for (const found of importsIn(node, textOf)) {
          imports.push({ ...found, ...placeOf(node.from), when, ...(inside !== undefined && { inside }) });
          if (inside === undefined) { for (const name of found.bound) names.add(name); }
        }
        return false;
      }
      if (node.name === "FunctionDefinition") {
        const whole = node.parent?.name === "DecoratedStatement" ? node.parent : node;
        const { line } = placeOf(node.from);
        functions.set(qualifiedName(node, textOf), { line, text: textOf(whole).trimEnd() });
      }
      const variable = node.name === "MemberExpression" ? variableIn(node, textOf) : undefined;
      if (variable !== undefined) {
        variables.push({ variable, ...placeOf(node.from), ...timeOf(node, textOf) });
      }
      if (node.name === "ClassDefinition" && isTopLevel(node)) {
        const definition = classIn(node, textOf);
        classes.set(definition.name, definition);
        names.add(definition.name);
      } else if (/^(?:FunctionDefinition|AssignStatement)$/.test(node.name) && isTopLevel(node)) {
        for (const name of boundBy(node, textOf)) names.add(name);
      }
    },
  });
  const isOpen = imports.some(({ names }) => names.includes("*")) || names.has("__getattr__") ||
    /\b(?:globals|vars|locals)\(\)|\bexec\(|\bsys\.modules\b|\b__path__\b/.test(text);
  const required = variables.filter(({ variable }) =>
    countMentions(text, variable) ===
      variables.filter((assignment) => assignment.variable === variable).length
  );
  const words = once(() => new Set(text.match(/\w+/g)));
  return {
    imports,
    functions,
    variables: required,
    classes,
    names,
    isOpen,
    mentions: (word) => words().has(word),
  };
}

/** The name of a function as Python's `__qualname__`. */
function qualifiedName(node: SyntaxNode, textOf: TextOf): string {
  let name = nameIn(node, textOf);
  for (let ancestor = node.parent; ancestor !== null; ancestor = ancestor.parent) {
    if (ancestor.name === "ClassDefinition") name = `${nameIn(ancestor, textOf)}.${name}`;
    if (ancestor.name === "FunctionDefinition") name = `${nameIn(ancestor, textOf)}.<locals>.${name}`;
  }
  return name;
}

const VARIABLE = /^(?:os\.)?environ\[["']([A-Za-z_]\w*)["']\]$/;

/** The environment variable that an expression requires: neither a target, nor where a failure is expected. */
function variableIn(node: SyntaxNode, textOf: TextOf): string | undefined {
  const [, variable] = VARIABLE.exec(textOf(node)) ?? [];
  if (variable === undefined || node.nextSibling?.name === "AssignOp") return undefined;
  for (let ancestor = node.parent; ancestor !== null; ancestor = ancestor.parent) {
    if (/^(?:TryStatement|ConditionalExpression|DeleteStatement)$/.test(ancestor.name)) return undefined;
  }
  return variable;
}

/** How often a text names a variable, also to set it or to ask whether it is set. */
function countMentions(text: string, variable: string): number {
  return text.split(`"${variable}"`).length + text.split(`'${variable}'`).length - 2;
}

function isTopLevel(node: SyntaxNode): boolean {
  for (let ancestor = node.parent; ancestor !== null; ancestor = ancestor.parent) {
    if (ancestor.name === "FunctionDefinition" || ancestor.name === "ClassDefinition") return false;
  }
  return true;
}

function boundBy(node: SyntaxNode, textOf: TextOf): string[] {
  if (node.name === "FunctionDefinition") return [nameIn(node, textOf)];
  const targets = textOf(node).split(/=(?!=)/).slice(0, -1);
  return targets.flatMap((target) => target.replace(/:.*/s, "").match(/[A-Za-z_]\w*/g) ?? []);
}

function classIn(node: SyntaxNode, textOf: TextOf): ClassSource {
  const bases = node.getChild("ArgList");
  const body = node.getChild("Body");
  const functions = body === null
    ? []
    : childrenOf(body).map((child) =>
      child.name === "DecoratedStatement" ? child.getChild("FunctionDefinition") ?? child : child
    ).filter(({ name }) => name === "FunctionDefinition");
  const init = functions.find((method) => nameIn(method, textOf) === "__init__")?.getChild("ParamList");
  return {
    name: nameIn(node, textOf),
    bases: bases === null
      ? []
      : splitAt(childrenOf(bases).filter(({ name }) => !/^[()]$|Comment/.test(name)).map(textOf), ",")
        .map((words) => words.join("")).filter((base) => base !== "" && !base.includes("="))
        .map((base) => base.replace(/\[.*/s, "")),
    init: init === undefined || init === null ? undefined : paramsIn(init, textOf),
  };
}

/** The parameters of a constructor, without `self`. */
function paramsIn(list: SyntaxNode, textOf: TextOf): ClassArguments {
  const tokens = childrenOf(list).filter(({ name }) => !/^[()/]$|Comment/.test(name));
  const parts: SyntaxNode[][] = [[]];
  for (const token of tokens) token.name === "," ? parts.push([]) : parts.at(-1)!.push(token);
  const [args, required]: [string[], string[]] = [[], []];
  let takesAny = false;
  for (const part of parts.slice(1)) {
    const [first] = part;
    if (first === undefined) continue;
    if (first.name === "**") takesAny = true;
    if (first.name !== "VariableName") continue;
    args.push(textOf(first));
    if (!part.some(({ name }) => name === "AssignOp")) required.push(textOf(first));
  }
  return { args: new Set(args), required, takesAny };
}
