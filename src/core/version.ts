/** The version of this program. `deno.json` has it too, and a test compares them. */
export const VERSION = "0.1.0";
