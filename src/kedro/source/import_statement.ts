import type { SyntaxNode } from "@lezer/common";
import { childrenOf, nameIn, splitAt, type TextOf } from "./syntax.ts";

/** When an import runs: with its module, only in a function, only on a condition, or never. */
export type ImportTime = "always" | "called" | "optional" | "never";

/** What an import statement imports. */
export interface ImportedModule {
  readonly module: string;
  readonly names: readonly string[];
  /** Names that the statement binds. */
  readonly bound: readonly string[];
}

/** Reads an import statement from its tokens. */
export function importsIn(node: SyntaxNode, textOf: TextOf): ImportedModule[] {
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
