/** Writes all that is made from the source: tables, the help of the program, and the list of messages: `deno task docs`. */

import { writeOverview } from "./help_overview.ts";
import { writeMessages } from "./messages.ts";
import { writeTables } from "./tables.ts";

await Promise.all([writeTables(), writeOverview(), writeMessages()]);
Deno.exit();
