import type { RunningEmulator as Ready } from "../../app/emulator/emulator.ts";
import { emulatorPageUrl } from "../../core/emulator_page.ts";
import type { Output } from "../command/output.ts";
import { variableLines } from "./shell_lines.ts";
import type { PrintedShell } from "./shell_lines.ts";

/**
 * Renders the emulator's URL and how to use it.
 *
 * @param options.python The Python that runs the steps; absent if they are simulated.
 * @param options.shell The shell for whose variables lines are printed, if `--emulator` finds another emulator.
 */
export function renderReady(
  ready: Ready,
  { python, shell }: { readonly python?: string | undefined; readonly shell?: PrintedShell | undefined },
): Output {
  const steps = python === undefined
    ? "Steps are simulated: no project code runs."
    : `Steps run on this machine with ${python}.`;
  const use = shell === undefined
    ? "# In another terminal, add `--emulator` to any command.\n"
    : `# Another emulator is the one that \`--emulator\` uses. To use this one, run in another terminal:\n${
      variableLines(shell, ready.env)
    }`;
  return {
    data: { ...ready, page: emulatorPageUrl(ready) },
    text: `# Emulating Azure ML at ${ready.origin} until you press Ctrl+C. ${steps}\n` +
      `# Jobs: ${emulatorPageUrl(ready)}\n${use}`,
    isRaw: true,
  };
}
