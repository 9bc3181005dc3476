import * as z from "zod";
import { azuremlSchema, describe } from "./schema.ts";

/** One violation of the schema. */
export interface SchemaIssue {
  readonly path: readonly (string | number)[];
  /** Description of the problem, such as `found 5; expected a string`. */
  readonly what: string;
  /** For an unknown key: the key, and the keys that are allowed in its place. */
  readonly unknown?: { readonly key: string; readonly allowed: readonly string[] };
}

/** Checks plain values against the schema; returns the configuration with all defaults filled in, or every issue. */
export function checkSchema(values: unknown): z.output<typeof azuremlSchema> | readonly SchemaIssue[] {
  const result = azuremlSchema.safeParse(values, { reportInput: true });
  return result.success ? result.data : result.error.issues.flatMap((issue) => toIssues(issue, []));
}

function toIssues(issue: z.core.$ZodIssue, above: readonly (string | number)[]): SchemaIssue[] {
  const path = [...above, ...issue.path as (string | number)[]];
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = keysAt(azuremlSchema, path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        what: "unknown key",
        unknown: { key, allowed },
      }));
    }
    case "invalid_union": {
      const branch = issue.errors.find((issues) =>
        issues.every((issue) => issue.path.length > 0 || issue.code !== "invalid_type")
      );
      if (branch !== undefined) return branch.flatMap((issue) => toIssues(issue, path));
      return [{
        path,
        what: `found ${describe(issue.input)}; expected a mapping, a schedule's name or a list of them`,
      }];
    }
    case "invalid_type":
      return [{
        path,
        what: issue.input === undefined
          ? "missing key"
          : `found ${describe(issue.input)}; expected ${NAMES[issue.expected] ?? issue.expected}`,
      }];
    case "invalid_value":
      return [{
        path,
        what: `found ${describe(issue.input)}; allowed: ${issue.values.map(String).join(", ")}`,
      }];
    case "too_big":
      return [{ path, what: `found ${describe(issue.input)}; expected a smaller number` }];
    case "too_small":
      return [{ path, what: `found ${describe(issue.input)}; expected ${least(issue)}` }];
    default:
      return [{ path, what: issue.message }];
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: "a string",
  int: "an integer",
  number: "an integer",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

function least(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === "array") return "at least one entry";
  return issue.origin === "string" ? "non-empty text" : `${issue.minimum} or more`;
}

/** The keys that the schema allows at a path. */
function keysAt(schema: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  const [key, ...rest] = path;
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return keysAt(schema.def.innerType, path);
  }
  if (schema instanceof z.ZodUnion) {
    const isItem = typeof key === "number";
    const branch = schema.options.find((option) => option instanceof z.ZodArray === isItem);
    return branch === undefined ? [] : keysAt(branch, path);
  }
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  return key === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[key], rest);
}
