import type { DatabaseRow } from "../core/context.ts";

/** How long to wait for another process that is writing, in milliseconds. */
const BUSY_MS = 2000;

/** Reads rows of an SQLite file without changing it; the runtime's SQLite is loaded on first use. */
export async function rows(
  path: string,
  query: string,
  values: readonly (string | number)[] = [],
): Promise<readonly DatabaseRow[]> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    return database.prepare(query).all(...values) as DatabaseRow[];
  } finally {
    database.close();
  }
}
