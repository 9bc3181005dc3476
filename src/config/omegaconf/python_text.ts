import { type ConfigNode, pythonFloat, type Scalar } from "./node.ts";

/** A value as Python's `str` formats it, for use within interpolated text. */
export function pythonText(node: ConfigNode): string {
  return node.kind === "scalar" && typeof node.value === "string" ? node.value : repr(node);
}

function repr(node: ConfigNode): string {
  if (node.kind === "list") return `[${node.items.map(repr).join(", ")}]`;
  if (node.kind === "scalar") return scalarRepr(node.value);
  return `{${[...node.entries].map(([key, item]) => `${scalarRepr(key)}: ${repr(item)}`).join(", ")}}`;
}

function scalarRepr(value: Scalar): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return pythonFloat(value);
  return typeof value === "bigint" ? String(value) : textRepr(value);
}

function textRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll(
    "\t",
    "\\t",
  )
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${body}${quote}`;
}
