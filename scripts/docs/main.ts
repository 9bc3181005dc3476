/** Writes the tables of README.md and docs/ that are made from the source: `deno task docs`. */

import { writeTables } from "./tables.ts";

await writeTables();
Deno.exit();
