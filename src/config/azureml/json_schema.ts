import * as z from "zod";
import { AZUREML_KEYS } from "./key_docs.ts";
import { azuremlSchema } from "./schema.ts";

/** The parts of a JSON Schema that descriptions are added to. */
interface SchemaNode {
  description?: string;
  readonly properties?: Record<string, SchemaNode>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
}

/**
 * Returns the JSON Schema (draft 2020-12) of `azureml.yml`, generated from {@linkcode azuremlSchema} and
 * {@linkcode AZUREML_KEYS}. It describes the shape of a file; rules that span several keys, such as cron or
 * recurrence, are left to `validate`.
 */
export function azuremlJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = withInterpolatedNumbers(
    z.toJSONSchema(azuremlSchema, { io: "input", unrepresentable: "any" }),
  ) as SchemaNode & Record<string, unknown>;
  for (const { key, doc } of AZUREML_KEYS) {
    for (const node of nodesAt(schema, key.split("."))) node.description = doc.replaceAll("`", "");
  }
  // A key that is missing in this file may be set in the base environment.
  const { required: _, ...rest } = schema;
  return {
    ...rest,
    // Kedro drops top-level keys that start with an underscore: they only hold values for interpolation.
    patternProperties: { "^_": true },
    title: "azureml.yml",
    description: "Where and how kedro-azureml runs a Kedro project on Azure ML",
  };
}

/** Allows `${…}`, which Kedro fills in, and text such as "4" in place of every whole number. */
function withInterpolatedNumbers(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withInterpolatedNumbers);
  if (typeof node !== "object" || node === null) return node;
  if ("type" in node && node.type === "integer") return { anyOf: [{ type: "integer" }, { type: "string" }] };
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, withInterpolatedNumbers(value)]),
  );
}

/** The schema nodes at a dotted key of {@linkcode AZUREML_KEYS}; `<name>` stands for any key of a mapping. */
function nodesAt(node: SchemaNode, [key, ...rest]: readonly string[]): SchemaNode[] {
  if (node.anyOf !== undefined && key !== undefined) {
    return node.anyOf.flatMap((one) => nodesAt(one, [key, ...rest]));
  }
  if (key === undefined) return [node];
  if (node.items !== undefined) return nodesAt(node.items, [key, ...rest]);
  const below = key.startsWith("<")
    ? (typeof node.additionalProperties === "object" ? node.additionalProperties : undefined)
    : node.properties?.[key];
  return below === undefined ? [] : rest.length === 0 ? [below] : nodesAt(below, rest);
}
