/** The version of this program. A test compares it with deno.json, CHANGELOG.md, README.md and docs/install.md. */
export const VERSION = "0.2.0";
