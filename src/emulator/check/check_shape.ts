import type * as z from "zod";
import { badRequest } from "../world/refusal.ts";

/** Parses a request body. @throws {Refusal} 400 that lists every unknown, missing or mistyped property. */
export function checkBody<T extends z.ZodType>(shape: T, body: unknown): z.infer<T> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const sentences = result.error.issues.flatMap((issue) => problems(issue, []));
  throw badRequest(`The request is invalid: ${sentences.join(" ")}`);
}

function problems(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly string[] {
  const path = [...above, ...issue.path];
  const target = path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      `Could not find member '${key}'. Path '${target === "" ? key : `${target}.${key}`}'.`
    );
  }
  // The alternative of a union with the fewest problems.
  const [closest] = issue.code === "invalid_union"
    ? issue.errors.toSorted((a, b) => a.length - b.length)
    : [];
  if (closest !== undefined) return closest.flatMap((inner) => problems(inner, path));
  return [`Path '${target}': ${issue.message}.`];
}
