import type { WorkspaceConfig } from "../../config/schema.ts";
import type { ExitCode, Warning } from "../../core/errors.ts";
import { isPlainObject } from "../../core/json.ts";

/** The result of a command: `data` for `--json`, `text` for people. */
export interface Output {
  /** Absent if there is no result, only text or warnings. */
  readonly data?: unknown;
  /** Ends with a line break, or is empty. */
  readonly text: string;
  /** Whether the text is a file, a script or a log, whose lines a terminal does not wrap between words. */
  readonly isRaw?: boolean;
  /** Whether the text is a page to read, which may be longer than a terminal. */
  readonly isPage?: boolean;
  /** Whether the text only tells what happens meanwhile: it goes to standard error, and `--quiet` omits it. */
  readonly isProgress?: boolean;
  readonly exit?: ExitCode;
  /** Printed to standard error, before the text. */
  readonly warnings?: readonly Warning[];
  /** Commands to run next, printed as hints on standard error after the text; not with `--json`. */
  readonly next?: readonly string[];
  /** Name in Azure ML of a submitted job, so that a later failure can mention it. */
  readonly submitted?: string;
}

/** The result of a command: one output, or several over time, each one line of JSON with `--json`. */
export type Outputs = Output | AsyncIterable<Output>;

export function workspaceData({ subscription_id, resource_group, name }: WorkspaceConfig) {
  return { subscriptionId: subscription_id, resourceGroup: resource_group, name };
}

/** Like `JSON.stringify`, but a `Map` becomes an object whose keys keep their order, even numeric ones. */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => jsonText(each ?? null)).join(",")}]`;
  if (!(value instanceof Map) && !isPlainObject(value)) return JSON.stringify(value);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const written = entries.filter(([, each]) => each !== undefined)
    .map(([key, each]) => `${JSON.stringify(key)}:${jsonText(each)}`);
  return `{${written.join(",")}}`;
}
