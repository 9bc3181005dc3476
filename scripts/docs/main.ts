/** Writes all that is made from the source: tables and the list of messages: `deno task docs`. */

import { writeMessages } from "./messages.ts";
import { writeTables } from "./tables.ts";

await Promise.all([writeTables(), writeMessages()]);
Deno.exit();
