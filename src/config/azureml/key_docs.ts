import * as z from "zod";
import { azuremlSchema } from "./schema.ts";

/** Documentation of one key of `azureml.yml`. */
export interface KeyDoc {
  /** Dotted path; `<…>` stands for a name that the user chooses. */
  readonly key: string;
  /** The type of value it accepts, such as `string`. */
  readonly takes: string;
  /** The default value, as text; absent if the key is required. */
  readonly default?: string;
  readonly doc: string;
}

/** Every key of `azureml.yml`, in the recommended order of writing. */
export function azuremlKeys(): readonly KeyDoc[] {
  return keysBelow(azuremlSchema, "");
}

function keysBelow(schema: z.core.$ZodType, prefix: string): readonly KeyDoc[] {
  const { inner, meta } = unwrapped(schema);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => keysBelow(option, prefix));
  if (inner instanceof z.ZodRecord) return keysBelow(inner.valueType, `${prefix}${meta?.entry ?? "<name>"}.`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Record<string, z.core.$ZodType>).flatMap(([name, below]) => {
    const key = prefix + name;
    const { inner, meta, otherwise } = unwrapped(below);
    const byDefault = meta?.otherwise as string | undefined ?? otherwise;
    const doc = { doc: meta!.description!, ...(byDefault !== undefined && { default: byDefault }) };
    return [{ key, takes: typeOf(inner), ...doc }, ...keysBelow(below, `${key}.`)];
  });
}

/** A schema without the wrappers that make it optional, the metadata on it or them, and the default as text. */
function unwrapped(schema: z.core.$ZodType): {
  readonly inner: z.core.$ZodType;
  readonly meta: z.core.GlobalMeta | undefined;
  readonly otherwise: string | undefined;
} {
  const meta = z.globalRegistry.get(schema);
  if (schema instanceof z.ZodNullable) return { ...unwrapped(schema.def.innerType), ...(meta && { meta }) };
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) {
    return { inner: schema, meta, otherwise: undefined };
  }
  const { inner, meta: own } = unwrapped(schema.def.innerType);
  return { inner, meta: meta ?? own, otherwise: textOf(schema.def.defaultValue) };
}

function textOf(value: unknown): string {
  if (value === null) return "none";
  if (typeof value === "object") return "empty";
  return value === "__default__" ? `\`${value}\`` : String(value);
}

function typeOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodUnion) return "string, mapping or list";
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return "mapping";
  if (schema instanceof z.ZodArray) return "list";
  return schema instanceof z.ZodString ? "string" : "number";
}
