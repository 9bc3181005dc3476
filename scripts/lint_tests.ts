/**
 * Finds tests that can hardly fail: expected errors that may be any error, constants that one test changes for all
 * later ones, and tests that are always ignored.
 */

import { resolve, sep as SEPARATOR } from "node:path";

/** The name of a constant that tests share, such as `SEED`, if a node is it or a part of it. */
function sharedName(node: Deno.lint.Node | undefined): string | undefined {
  let at = node;
  while (at?.type === "MemberExpression") at = at.object;
  return at?.type === "Identifier" && /^[A-Z][A-Z0-9_]+$/.test(at.name) ? at.name : undefined;
}

const CHANGING = "push pop shift unshift splice sort reverse set delete clear".split(" ");

/** What a text has that changes a shared constant. Most have nothing like it, and rules take time at every node. */
const MAY_CHANGE = new RegExp(
  `\\b[A-Z][A-Z0-9_]+(?=[!?\\s]*[.[])[^;]*?(\\.(${
    CHANGING.join("|")
  })\\b|[^=!<>]=(?![=>]))|\\bdelete [A-Z]|\\bassign\\(\\s*[A-Z]`,
);

/** The folder of all tests. */
const TESTS = resolve(import.meta.dirname!, "../tests");

function inTests(filename: string): boolean {
  return filename.startsWith(`${TESTS}${SEPARATOR}`);
}

/** Creates a rule that reports what selectors find in tests; each is tried in texts that have its word. */
function rule(
  selectors: readonly (readonly [word: string, selector: string])[],
  message: string,
): Deno.lint.Rule {
  return {
    create(context) {
      if (!inTests(context.filename)) return {};
      const report = (node: Deno.lint.Node) => context.report({ node, message });
      const { text } = context.sourceCode;
      const used = selectors.filter(([word]) => text.includes(word));
      return Object.fromEntries(used.map(([, selector]) => [selector, report]));
    },
  };
}

const plugin: Deno.lint.Plugin = {
  name: "tests",
  rules: {
    "any-error": rule([
      ["rejects(", "CallExpression[callee.name='rejects'][arguments.length=1]"],
      ["throws(", "CallExpression[callee.name='throws'][arguments.length=1]"],
      [".rejects(", "CallExpression[callee.property.name='rejects'][arguments.length=1]"],
      [".throws(", "CallExpression[callee.property.name='throws'][arguments.length=1]"],
    ], "Say which error is expected: any other one passes too"),
    "shared-change": {
      create(context) {
        if (!inTests(context.filename) || !MAY_CHANGE.test(context.sourceCode.text)) return {};
        const check = (node: Deno.lint.Node, changed: Deno.lint.Node | undefined) => {
          const name = sharedName(changed);
          if (name !== undefined) {
            context.report({ node, message: `Change a copy of ${name}: later tests share this constant` });
          }
        };
        return {
          AssignmentExpression(node) {
            if (node.left.type === "MemberExpression") check(node, node.left);
          },
          UnaryExpression(node) {
            if (node.operator === "delete") check(node, node.argument);
          },
          CallExpression(node) {
            const { callee } = node;
            if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return;
            if (CHANGING.includes(callee.property.name)) check(node, callee.object);
            const isAssign = sharedName(callee) === undefined && callee.property.name === "assign";
            if (isAssign) check(node, node.arguments[0]);
          },
        };
      },
    },
    "always-ignored": rule([
      ["ignore", "Property[key.name='ignore'][value.value=true]"],
      ["test.only", "CallExpression[callee.property.name='only'][callee.object.property.name='test']"],
    ], "This test never runs"),
  },
};
export default plugin;
