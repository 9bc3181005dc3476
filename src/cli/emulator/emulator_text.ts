import { shellWord } from "../../core/text/shell_word.ts";
import type { RunningEmulator as Ready } from "../../app/emulator/server.ts";
import type { Output } from "../command/output.ts";

/** Renders the address and the variables to set, as lines for a shell. */
export function renderReady(ready: Ready): Output {
  const exports = Object.entries(ready.env).map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
  return {
    data: ready,
    text:
      `# Emulating Azure ML at ${ready.origin} until you press Ctrl+C. Steps are simulated: no project code runs.\n# In another terminal:\n${
        exports.join("")
      }`,
  };
}
