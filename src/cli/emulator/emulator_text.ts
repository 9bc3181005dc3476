import type { Context } from "../../core/context.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import type { RunningEmulator as Ready } from "../../app/emulator/emulator.ts";
import type { Output } from "../command/output.ts";

/**
 * Renders the emulator's URL and the environment variables to set, as lines for a shell; on Windows, for PowerShell.
 *
 * @param python The Python that runs the steps; `undefined` if they are simulated.
 */
export function renderReady(
  ready: Ready,
  python: string | undefined,
  platform: Context["platform"],
): Output {
  const steps = python === undefined
    ? "Steps are simulated: no project code runs."
    : `Steps run on this machine with ${python}.`;
  const line = (name: string, value: string) =>
    platform === "windows"
      ? `$env:${name} = '${value.replaceAll("'", "''")}'\n`
      : `export ${name}=${shellWord(value)}\n`;
  const exports = Object.entries(ready.env).map(([name, value]) => line(name, value));
  return {
    data: ready,
    text:
      `# Emulating Azure ML at ${ready.origin} until you press Ctrl+C. ${steps}\n# In another terminal:\n${
        exports.join("")
      }`,
  };
}
