import { type Fields, isFields, isRawJson } from "../core/json.ts";
import { UserError } from "../core/errors.ts";

/**
 * Validates an untrusted value and returns it as type `T`; `at` is its path for error messages. Each command that uses
 * the cache checks a whole snapshot once: with 2,200 nodes that takes 75 ms, and would take zod 160 ms.
 */
export type Shape<T> = (value: unknown, at: string) => T;

export type Shaped<S extends Shape<unknown>> = ReturnType<S>;

/** Text as it is; what prints it makes it harmless. */
export const text: Shape<string> = (value, at) => {
  if (typeof value !== "string") throw unexpected(at, "text");
  return value;
};

export const wholeNumber: Shape<number> = (value, at) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw unexpected(at, "a number");
  }
  return value;
};

export const flag: Shape<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw unexpected(at, "true or false");
  return value;
};

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Depth limit of nested values; code that walks deeper values could run out of stack. */
const MOST_DEPTH = 100;

export const json: Shape<Json> = (value, at) => jsonTo(MOST_DEPTH)(value, at);

function jsonTo(depth: number): Shape<Json> {
  return (value, at) => {
    if (value === null || typeof value !== "object" && value !== undefined) return value as Json;
    if (isRawJson(value)) return value as unknown as Json;
    if (depth === 0) throw unexpected(at, `at most ${MOST_DEPTH} levels deep`);
    if (Array.isArray(value)) return value.map((each) => jsonTo(depth - 1)(each, at));
    return mapOf(jsonTo(depth - 1))(value, at);
  };
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw unexpected(at, "a list");
    return value.map((each, index) => shape(each, `${at}[${index}]`));
  };
}

export function mapOf<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, at) =>
    Object.fromEntries(
      Object.entries(object(value, at)).map(([key, each]) => [key, shape(each, `${at}.${key}`)]),
    );
}

/** An object with these keys; other keys are dropped. */
export function record<T extends object>(
  shapes: { readonly [K in keyof T]-?: Shape<T[K]> },
): Shape<Readonly<T>> {
  return (value, at) => {
    const fields = object(value, at);
    const entries = Object.entries<Shape<unknown>>(shapes)
      .map(([key, shape]) => [key, shape(fields[key], `${at}.${key}`)])
      .filter(([, each]) => each !== undefined);
    return Object.fromEntries(entries) as T;
  };
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, at) => (value === null ? null : shape(value, at));
}

/** The given shape, or `undefined`, in which case `record` omits the key. */
export function optional<T>(shape: Shape<T>): Shape<T> {
  return (value, at) => (value === undefined ? undefined as T : shape(value, at));
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Shape<T> {
  return (value, at) => {
    if (!allowed.includes(value as T)) throw unexpected(at, allowed.join(" or "));
    return value as T;
  };
}

function object(value: unknown, at: string): Fields {
  if (!isFields(value)) throw unexpected(at, "an object");
  return value;
}

function unexpected(at: string, wanted: string): UserError {
  return unreadableAnswer(`${at.slice(0, 200)} is not ${wanted}`);
}

export function unreadableAnswer(what: string): UserError {
  return new UserError(`Cannot use the answer of the project's reader: ${what}`, {
    // kedro.answer_unreadable: The project's code disturbed the reader. Look for code that changes Kedro or
    //   Python at import.
    code: "kedro.answer_unreadable",
    hint: "Look for code in the project that changes Kedro or Python itself when imported",
  });
}
