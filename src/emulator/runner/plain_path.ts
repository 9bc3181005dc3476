import { shellWord } from "../../core/text/shell_word.ts";
import { runTool, type StepMachine } from "./programs.ts";

/**
 * Calls `use` with a path of a folder that needs no quotes in a shell: Azure ML puts paths into commands unquoted, and
 * its own never need quotes. The path is the folder's own, else a temporary link to it.
 *
 * @param folder Absolute path of a folder that exists.
 */
export async function withPlainPath<T>(
  machine: StepMachine,
  folder: string,
  use: (plain: string) => Promise<T>,
): Promise<T> {
  if (shellWord(folder) === folder) return await use(folder);
  const link = `/tmp/kedro-azureml-step-${machine.random.uuid()}`;
  await runTool(machine, "ln", "-s", "--", folder, link);
  try {
    return await use(link);
  } finally {
    await runTool(machine, "rm", "-f", "--", link);
  }
}
