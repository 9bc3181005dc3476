import ts from "typescript";
import { isPart } from "./expressions.ts";
import type { Mutant } from "./mutant.ts";

/** A mutant that is built into the program, and takes effect while its number is switched on. */
export interface Switch {
  readonly id: number;
  readonly mutant: Mutant;
}

/** Functions of {@linkcode ./switch_runtime.ts} for operators that evaluate both sides. */
const OPERATORS: Readonly<Record<string, string>> = {
  "===": "same",
  "!==": "other",
  "<": "less",
  ">": "more",
  "<=": "atMost",
  ">=": "atLeast",
  "+": "plus",
};

/**
 * Builds mutants of a file into its text, so that one process can try all of them. Those in types cannot be built in,
 * because they do not change the program.
 *
 * @returns The text, and the switches that are in it.
 */
export function withSwitches(
  file: string,
  text: string,
  switches: readonly Switch[],
): { readonly text: string; readonly built: readonly Switch[] } {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const built = new Set<Switch>();
  const byStart = Map.groupBy(switches, ({ mutant }) => mutant.from!);

  function take(start: number, find: string, replace?: string): number | undefined {
    const found = byStart.get(start)?.find(({ mutant }) =>
      mutant.find === find && (replace === undefined || mutant.replace === replace)
    );
    if (found !== undefined) built.add(found);
    return found?.id;
  }

  /** The text of a node, with the switches of those in it. */
  function print(node: ts.Node): string {
    if (ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) {
      return node.getText();
    }
    if (ts.isIfStatement(node)) return removable(node, conditional(node));
    if (ts.isExpressionStatement(node)) return removable(node, printParts(node));
    return replaceable(node, operation(node) ?? constant(node) ?? printParts(node));
  }

  /** The text of an expression, with the switches that replace it as a whole or leave it out of a list. */
  function replaceable(node: ts.Node, printed: string): string {
    const ofNode = (byStart.get(node.getStart()) ?? [])
      .filter((one) => one.mutant.find === node.getText() && !built.has(one));
    const [parts, others] = [ofNode.filter(isOfList), ofNode.filter((one) => !isOfList(one))];
    for (const one of others) {
      built.add(one);
      printed = `(__M.isOn(${one.id})?(${one.mutant.replace}):${printed})`;
    }
    for (const one of isPart(node) ? parts : []) {
      built.add(one);
      const [, open, end] = /^\.\.\.(.)(.)$/.exec(one.mutant.replace)!;
      printed = `...(__M.isOn(${one.id})?${open}${end}:${open}${printed}${end})`;
    }
    return printed;
  }

  function printParts(node: ts.Node): string {
    let [printed, at] = ["", node.getStart()];
    ts.forEachChild(node, (child) => {
      const start = child.getStart();
      if (start < at) return;
      printed += text.slice(at, start) + print(child);
      at = child.end;
    });
    return printed + text.slice(at, node.end);
  }

  function operation(node: ts.Node): string | undefined {
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      const id = take(node.getStart(), "!");
      return id === undefined ? undefined : `__M.not(${id},${print(node.operand)})`;
    }
    if (!ts.isBinaryExpression(node)) return undefined;
    const operator = node.operatorToken.getText();
    const id = take(node.operatorToken.getStart() - 1, ` ${operator} `);
    if (id === undefined) return undefined;
    const [left, right] = [print(node.left), print(node.right)];
    const called = OPERATORS[operator];
    if (called !== undefined) return `__M.${called}(${id},${left},${right})`;
    const [whenOn, usual] = operator === "&&" ? ["||", "&&"] : ["&&", "||"];
    return `(__M.keep(${left}),__M.isOn(${id})?__M.kept()${whenOn}${right}:__M.kept()${usual}${right})`;
  }

  function constant(node: ts.Node): string | undefined {
    const isBoolean = node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword;
    if (!isBoolean && !ts.isNumericLiteral(node)) return undefined;
    const { name, propertyName } = node.parent as { name?: ts.Node; propertyName?: ts.Node };
    const [start, found] = [node.getStart(), node.getText()];
    const id = take(start, found);
    const replaced = byStart.get(start)?.find((one) => one.id === id)?.mutant.replace;
    if (id === undefined) return undefined;
    const printed = `__M.either(${id},${found},${replaced})`;
    return name === node || propertyName === node ? `[${printed}]` : printed;
  }

  function conditional({ expression, thenStatement, elseStatement }: ts.IfStatement): string {
    const [start, found] = [expression.getStart(), expression.getText()];
    const ids = ["true", "false"].map((value) => take(start, found, value) ?? -1);
    const condition = `__M.when(${ids.join()},${print(expression)})`;
    const otherwise = elseStatement === undefined ? "" : ` else ${print(elseStatement)}`;
    return `if(${condition})${print(thenStatement)}${otherwise}`;
  }

  function removable(node: ts.Node, printed: string): string {
    const start = text.lastIndexOf("\n", node.getStart()) + 1;
    const id = take(start, text.slice(start, node.end), "");
    return id === undefined ? printed : `{if(__M.runs(${id})){${printed}}}`;
  }

  return { text: text.slice(0, source.getStart()) + printParts(source), built: [...built] };
}

function isOfList({ mutant }: Switch): boolean {
  return mutant.replace.startsWith("...");
}
