/** What is checked while a command line is parsed: this loads nothing else. */

import { resolve } from "node:path";

export { GROUP_MODES, parseGroupMode } from "../azureml/job/compile/group_mode.ts";

/** A Python interpreter as typed: a name that PATH finds, or a path, which becomes absolute. */
export function pythonProgram(cwd: string, typed: string | undefined): string | undefined {
  return typed !== undefined && /[\\/]/.test(typed) ? resolve(cwd, typed) : typed;
}
