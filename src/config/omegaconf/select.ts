import { type ConfigNode, type ContainerNode, isMissing, type MapNode } from "./node.ts";

/** The result of following a path. */
export type Selected =
  | { readonly kind: "found"; readonly node: ConfigNode }
  | { readonly kind: "missing"; readonly node: ConfigNode }
  | { readonly kind: "absent" }
  | { readonly kind: "no_container"; readonly path: string };

/**
 * Follows a path down from a container, resolving interpolations on the way.
 *
 * @param resolve Returns the value of an interpolation.
 * @throws {SyntaxError} when a key of a list is not an index.
 */
export async function select(
  from: ContainerNode,
  path: readonly string[],
  resolve: (node: ConfigNode) => Promise<ConfigNode>,
): Promise<Selected> {
  let node: ConfigNode = from;
  for (const [depth, key] of path.entries()) {
    if (node.kind === "scalar" || node.opaque) {
      return { kind: "no_container", path: path.slice(0, depth).join(".") };
    }
    const child = childOf(node, key);
    if (child === undefined) return { kind: "absent" };
    if (isMissing(child)) return { kind: "missing", node: child };
    node = await resolve(child);
  }
  return { kind: "found", node: node };
}

/** The child at a key of a mapping or at an index of a list; a negative index counts from the end. */
function childOf(node: ContainerNode, key: string): ConfigNode | undefined {
  const isIndex = /^\s*[-+]?\d+(?:_\d+)*\s*$/.test(key);
  if (node.kind === "map") {
    return node.entries.get(key) ??
      (isIndex ? node.entries.get(BigInt(key.trim().replaceAll("_", ""))) : undefined);
  }
  if (!isIndex) throw new SyntaxError(`"${key}" is not a list index`);
  return node.items.at(Number(key.replaceAll("_", "")));
}

/** The outermost container. */
export function rootOf(node: ContainerNode): ContainerNode {
  let root = node;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

/** Whether `node` is `below` or contains it. */
export function holds(node: ConfigNode, below: ConfigNode): boolean {
  for (let at: ConfigNode | undefined = below; at !== undefined; at = at.parent) {
    if (at === node) return true;
  }
  return false;
}

/** The path of a value in its file, such as `jobs.main.compute`. */
export function nodePath(node: ConfigNode): string {
  const parts: string[] = [];
  for (let current = node; current.parent !== undefined; current = current.parent) {
    const { parent, standsFor = current } = current;
    if (parent.kind === "list") parts.unshift(`[${parent.items.indexOf(standsFor)}]`);
    else parts.unshift(`.${keyOf(parent, standsFor)}`);
  }
  return parts.join("").replace(/^\./, "");
}

function keyOf(parent: MapNode, child: ConfigNode): string {
  for (const [key, node] of parent.entries) {
    if (node === child) return String(key);
  }
  return "?";
}

/** Splits `a.b[c]` into its keys; a backslash escapes `.`, `[`, `]` and `=`. */
export function splitKey(path: string): string[] {
  const keys: string[] = [];
  let at = 0;
  if (path[0] !== "[") at = readDotted(path, 0, keys);
  while (at < path.length) {
    if (path[at] === ".") at = readDotted(path, at + 1, keys);
    else {
      const end = readUntil(path, at + 1, "]");
      if (path[end.at] !== "]") break;
      keys.push(end.text);
      at = end.at + 1;
    }
  }
  return keys;
}

function readDotted(path: string, from: number, keys: string[]): number {
  const { text, at } = readUntil(path, from, ".[");
  keys.push(text);
  return at;
}

function readUntil(path: string, from: number, ends: string): { text: string; at: number } {
  let text = "";
  let at = from;
  while (at < path.length && !ends.includes(path[at]!)) {
    const escaped = path[at] === "\\" && ".[]=".includes(path[at + 1] ?? " ");
    text += escaped ? path[at + 1] : path[at];
    at += escaped ? 2 : 1;
  }
  return { text, at };
}
