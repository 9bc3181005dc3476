import type { Ready } from "../../app/emulator/server.ts";
import type { Output } from "../command/output.ts";

/** Shows where the emulator is, as lines that a shell takes. */
export function renderReady(ready: Ready): Output {
  const exports = Object.entries(ready.env).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  return {
    data: ready,
    text: `# Serving at ${ready.origin} until Ctrl+C; in another terminal:\n${exports.join("")}`,
  };
}

function quoted(value: string): string {
  return /^[\w./:,@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
