import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import { once } from "../core/async.ts";
import type { ClassArguments } from "./known_datasets.ts";

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
interface VariableUse extends Pick<ImportUse, "line" | "column" | "when" | "inside"> {
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

/** When an import runs: with its module, only in a function, only on a condition, or never. */
export type ImportTime = "always" | "called" | "optional" | "never";

/** What an import statement imports. */
interface ImportedModule {
  readonly module: string;
  readonly names: readonly string[];
  /** Names that the statement binds. */
  readonly bound: readonly string[];
}

/** Reads an import statement from its tokens. */
function importsIn(node: SyntaxNode, textOf: TextOf): ImportedModule[] {
  const words = childrenOf(node).map((child) => textOf(child)).filter((word) => !/^[()#]/.test(word));
  if (words[0] === "from") {
    const at = words.indexOf("import");
    const items = splitAt(words.slice(at + 1), ",").filter((item) => item.length > 0);
    return [{
      module: words.slice(1, at).join(""),
      names: items.map((item) => item[0]!),
      bound: items.map((item) => item.at(-1)!),
    }];
  }
  return splitAt(words.slice(1), ",").filter((item) => item.length > 0).map((item) => {
    const [path, [as] = []] = splitAt(item, "as");
    const module = path!.join("");
    return { module, names: [], bound: [as ?? module.split(".")[0]!] };
  });
}

/** Determines when an import statement runs, from the statements around it. */
export function timeOf(node: SyntaxNode, textOf: TextOf): { when: ImportTime; inside?: string } {
  let when: ImportTime = "always";
  const functions: string[] = [];
  for (
    let [child, ancestor] = [node, node.parent];
    ancestor !== null;
    [child, ancestor] = [ancestor, ancestor.parent]
  ) {
    if (ancestor.name === "FunctionDefinition" || ancestor.name === "ClassDefinition") {
      functions.unshift(nameIn(ancestor, textOf));
      if (ancestor.name === "FunctionDefinition" && when === "always") when = "called";
    }
    if (ancestor.name === "IfStatement") {
      const head = headOf(child, textOf);
      const isTyping = /\bTYPE_CHECKING\b/.test(head) && !/\bnot\s+(?:\w+\.)?TYPE_CHECKING\b/.test(head);
      if (isTyping || /__name__/.test(head)) return { when: "never" };
      when = "optional";
    }
    if (ancestor.name === "TryStatement" && isOptional(ancestor, child, textOf)) when = "optional";
    if (ancestor.name === "WithStatement" && /\bsuppress\s*\(/.test(textOf(ancestor).split("\n")[0]!)) {
      when = "optional";
    }
  }
  return functions.length === 0 || !/called|optional/.test(when)
    ? { when }
    : { when, inside: functions.join(".") };
}

/** Whether a `try` survives a failed import in its body, or a part of it only runs after a failure. */
function isOptional(node: SyntaxNode, part: SyntaxNode, textOf: TextOf): boolean {
  const head = headOf(part, textOf);
  const catches = /^except$|^except\b.*(?:ImportError|ModuleNotFoundError|Exception)/s;
  return head.startsWith("except") ||
    head === "try" && node.getChildren("Body").some((body) => catches.test(headOf(body, textOf)));
}

/** The words before a branch of a statement, such as `elif x > 1`. */
function headOf(branch: SyntaxNode, textOf: TextOf): string {
  const words: string[] = [];
  for (let word = branch.prevSibling; word !== null && word.name !== "Body"; word = word.prevSibling) {
    if (word.name !== "Comment") words.unshift(textOf(word));
  }
  return words.join(" ");
}

/** Returns the text of a node. */
type TextOf = (node: SyntaxNode) => string;

/** Parts a list of words at each separator. */
function splitAt(words: readonly string[], separator: string): string[][] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === separator) parts.push([]);
    else parts.at(-1)!.push(word);
  }
  return parts;
}

/** The children of a node, in order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** The name in a definition; `""` if it has none. */
function nameIn(node: SyntaxNode, textOf: TextOf): string {
  const name = node.getChild("VariableName");
  return name === null ? "" : textOf(name);
}
