import type { SyntaxNode } from "@lezer/common";

/** Returns the text of a node. */
export type TextOf = (node: SyntaxNode) => string;

/** Parts a list of words at each separator. */
export function splitAt(words: readonly string[], separator: string): string[][] {
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
export function nameIn(node: SyntaxNode, textOf: TextOf): string {
  const name = node.getChild("VariableName");
  return name === null ? "" : textOf(name);
}
