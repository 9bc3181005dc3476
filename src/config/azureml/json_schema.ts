import * as z from "zod";
import { AZUREML_KEYS } from "./key_docs.ts";
import { azuremlSchema } from "./schema.ts";

/** One node of a JSON Schema; only the parts that are read or added here are typed. */
interface SchemaNode {
  title?: string;
  description?: string;
  readonly type?: string;
  readonly properties?: Record<string, SchemaNode>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
}

/** Kedro writes `${…}` in place of any value, so a number may also be such a text. */
const NUMBER = { anyOf: [{ type: "integer" }, { type: "string" }] };

/**
 * The JSON Schema (draft 2020-12) of `azureml.yml`, made from {@linkcode azuremlSchema} and the documentation of its
 * keys. It describes what a file may hold; checks that span several keys, such as cron or recurrence, are left to
 * `validate`.
 */
export function azuremlJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(azuremlSchema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.ZodPipe) Object.assign(jsonSchema, NUMBER);
    },
  }) as SchemaNode & Record<string, unknown>;
  for (const { key, doc } of AZUREML_KEYS) {
    for (const node of nodesAt(schema, key.split("."))) node.description = doc.replaceAll("`", "");
  }
  // A layer below may have a key that the file leaves out.
  const { required: _, ...rest } = schema;
  return {
    ...rest,
    // Kedro drops top-level keys that start with an underscore: they only hold values for interpolation.
    patternProperties: { "^_": true },
    title: "azureml.yml",
    description: "Where and how kedro-azureml runs a Kedro project on Azure ML",
  };
}

/** The nodes at a dotted key of {@linkcode AZUREML_KEYS}; `<name>` stands for any key of a mapping. */
function nodesAt(node: SchemaNode, [key, ...rest]: readonly string[]): SchemaNode[] {
  if (node.anyOf !== undefined) {
    return node.anyOf.flatMap((one) => nodesAt(one, key === undefined ? [] : [key, ...rest]));
  }
  if (key === undefined) return [node];
  if (node.items !== undefined) return nodesAt(node.items, [key, ...rest]);
  const below = key.startsWith("<")
    ? (typeof node.additionalProperties === "object" ? node.additionalProperties : undefined)
    : node.properties?.[key];
  return below === undefined ? [] : rest.length === 0 ? [below] : nodesAt(below, rest);
}
