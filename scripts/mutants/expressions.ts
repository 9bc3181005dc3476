import ts from "typescript";
import type { Mutant } from "./mutant.ts";

/** Methods whose call can be left out: what they are called on has the same type. */
const NEEDLESS = new Set(
  ("filter sort toSorted reverse toReversed slice trim trimStart trimEnd toLowerCase toUpperCase normalize " +
    "replace replaceAll concat flat padEnd padStart").split(" "),
);
/** Functions whose call can be left out: they return what their argument is, in another form. */
const WRAPPERS =
  /^(?:encodeURIComponent|decodeURIComponent|structuredClone|Math\.\w+|Number|String|Boolean|\w*[eE]scape\w*|mask\w*|quote\w*|sorted|unique\w*|normalize\w*)$/;
/** Functions and the ones they are taken for. */
const TWINS: Readonly<Record<string, string>> = {
  some: "every",
  every: "some",
  startsWith: "endsWith",
  endsWith: "startsWith",
  min: "max",
  max: "min",
  ceil: "floor",
  floor: "ceil",
  round: "floor",
  first: "last",
  find: "findLast",
  findLast: "find",
  indexOf: "lastIndexOf",
  lastIndexOf: "indexOf",
  replaceAll: "replace",
  push: "unshift",
  has: "delete",
};
const ARITHMETIC: Readonly<Record<string, string>> = { "-": "+", "*": "/", "/": "*", "%": "*" };

/**
 * Creates the mutants of the expressions of a file as a person would plant them: a property, an element, an argument or
 * a call left out, another string, arguments in another order, only one side of a choice, the opposite function.
 */
export function expressionMutants(file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    const find = node.getText();
    for (const replace of alternatives(node)) {
      if (replace !== find) found.push({ file, find, replace, from: node.getStart() });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether a mutant of a node replaces a part of a list, where `...{}` stands for nothing. */
export function isPart(node: ts.Node): boolean {
  if (
    ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node) || ts.isSpreadAssignment(node)
  ) {
    return !isTarget(node.parent);
  }
  return node.parent !== undefined && ts.isArrayLiteralExpression(node.parent) && !isTarget(node.parent) &&
    !ts.isOmittedExpression(node);
}

function* alternatives(node: ts.Node): Iterable<string> {
  if (isPart(node)) yield ts.isArrayLiteralExpression(node.parent) ? "...[]" : "...{}";
  if (ts.isSourceFile(node) || isWithinChain(node) || isName(node)) return;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)) {
    if (!ts.isTaggedTemplateExpression(node.parent)) yield node.getText().length > 2 ? '""' : '"x"';
  } else if (ts.isRegularExpressionLiteral(node)) yield* otherExpressions(node.text);
  else if (ts.isConditionalExpression(node)) yield* [node.whenTrue.getText(), node.whenFalse.getText()];
  else if (ts.isBinaryExpression(node)) yield* ofOperation(node);
  else if (ts.isCallExpression(node)) yield* ofCall(node);
}

function* ofOperation({ left, operatorToken, right }: ts.BinaryExpression): Iterable<string> {
  const operator = operatorToken.getText();
  if (operator === "??") yield* [left.getText(), right.getText()];
  const other = ARITHMETIC[operator];
  if (other !== undefined) yield `${left.getText()} ${other} ${right.getText()}`;
}

function* ofCall({ expression, arguments: args }: ts.CallExpression): Iterable<string> {
  const [called, texts] = [expression.getText(), args.map((arg) => arg.getText())];
  if (ts.isPropertyAccessExpression(expression)) {
    const [object, method] = [expression.expression.getText(), expression.name.text];
    if (NEEDLESS.has(method)) yield object;
    if (TWINS[method] !== undefined) yield `${object}.${TWINS[method]}(${texts.join(", ")})`;
    if (method === "at") yield `${object}.at(${texts[0] === "-1" ? "0" : "-1"})`;
  }
  if (args.length === 1 && WRAPPERS.test(called)) yield texts[0]!;
  if (args.length > 1) {
    const simple = args.slice(-2).every((arg) =>
      !ts.isArrowFunction(arg) && !ts.isObjectLiteralExpression(arg)
    );
    if (simple) yield `${called}(${[...texts.slice(0, -2), ...texts.slice(-2).reverse()].join(", ")})`;
    yield `${called}(${texts.slice(0, -1).join(", ")})`;
  }
}

/** Regular expressions without a flag, or without the first or last anchor. */
function* otherExpressions(text: string): Iterable<string> {
  const end = text.lastIndexOf("/");
  const [pattern, flags] = [text.slice(1, end), text.slice(end + 1)];
  for (const flag of flags.replace(/[uv]/, "")) {
    if (!(flag === "g")) yield `/${pattern}/${flags.replace(flag, "")}`;
  }
  if (pattern.startsWith("^")) yield `/${pattern.slice(1)}/${flags}`;
  if (/[^\\]\$$/.test(pattern)) yield `/${pattern.slice(0, -1)}/${flags}`;
}

/** Whether a node is a link of an optional chain, which parentheses would break. */
function isWithinChain(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isOptionalChain(node) && ts.isOptionalChain(parent) && parent.expression === node;
}

/** Whether a node is a name or a key, not a value. */
function isName(node: ts.Node): boolean {
  const { name, propertyName } = node.parent as { name?: ts.Node; propertyName?: ts.Node };
  return name === node || propertyName === node ||
    ts.isExpressionStatement(node.parent) && ts.isStringLiteral(node);
}

/** Whether an object or array is assigned to. */
function isTarget(node: ts.Node): boolean {
  return ts.isBinaryExpression(node.parent) && node.parent.left === node &&
      node.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken || ts.isForOfStatement(node.parent);
}
