import { EMULATOR_VARIABLES, OTHER_VARIABLES } from "../../app/emulator/use.ts";
import type { Context } from "../../core/context.ts";
import { shellWord } from "../../core/text/shell_word.ts";

/** A shell that lines can be printed for. */
export type PrintedShell = "sh" | "fish" | "powershell";

/** Where the lines keep what a variable was before. */
const BEFORE = "KEDRO_AZUREML_BEFORE_";

/** How one shell keeps, sets, removes and puts back a variable; the old value is never printed. */
interface Syntax {
  set(name: string, value: string): string;
  remove(name: string): string;
  keep(name: string): string;
  undo(name: string): string;
  /** The first and last line of a block that runs where the emulator's variables are set, or only where not. */
  block(isSet: boolean): readonly [string, string];
}

const SYNTAX: Readonly<Record<PrintedShell, Syntax>> = {
  sh: {
    set: (name, value) => `export ${name}=${shellWord(value)}`,
    remove: (name) => `unset ${name}`,
    keep: (name) => `[ -z "\${${name}+x}" ] || export ${BEFORE}${name}="$${name}"`,
    undo: (name) =>
      `if [ -n "\${${BEFORE}${name}+x}" ]; then export ${name}="$${BEFORE}${name}"; unset ${BEFORE}${name}; else unset ${name}; fi`,
    block: (isSet) => [`if [ -${isSet ? "n" : "z"} "\${KEDRO_AZUREML_EMULATOR:-}" ]; then`, "fi"],
  },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, "\\$&")}'`,
    remove: (name) => `set -e ${name}`,
    keep: (name) => `set -q ${name}; and set -gx ${BEFORE}${name} $${name}`,
    undo: (name) =>
      `if set -q ${BEFORE}${name}; set -gx ${name} $${BEFORE}${name}; set -e ${BEFORE}${name}; else; set -e ${name}; end`,
    block: (isSet) => [`if ${isSet ? "" : "not "}set -q KEDRO_AZUREML_EMULATOR`, "end"],
  },
  powershell: {
    set: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
    remove: (name) => `Remove-Item Env:${name} -ErrorAction Ignore`,
    keep: (name) => `if (Test-Path Env:${name}) { $env:${BEFORE}${name} = $env:${name} }`,
    undo: (name) =>
      `if (Test-Path Env:${BEFORE}${name}) { $env:${name} = $env:${BEFORE}${name}; Remove-Item Env:${BEFORE}${name} } ` +
      `else { Remove-Item Env:${name} -ErrorAction Ignore }`,
    block: (isSet) => [`if (${isSet ? "" : "-not "}$env:KEDRO_AZUREML_EMULATOR) {`, "}"],
  },
};

/** The usual shell of this machine: PowerShell on Windows, fish where SHELL names it, a POSIX shell elsewhere. */
export function shellOf({ platform, env }: Pick<Context, "platform" | "env">): PrintedShell {
  if (platform === "windows") return "powershell";
  return /(^|\/)fish$/.test(env.SHELL ?? "") ? "fish" : "sh";
}

/**
 * Lines that keep the values of variables, unless they are an emulator's already, set new ones, and remove those that
 * would lead elsewhere.
 */
export function variableLines(shell: PrintedShell, variables: Readonly<Record<string, string>>): string {
  const { keep, set, remove, block } = SYNTAX[shell];
  const [start, end] = block(false);
  const kept = [...Object.keys(variables), ...OTHER_VARIABLES].map(keep);
  const changed = Object.entries(variables).map(([name, value]) => set(name, value));
  return [start, ...kept, end, ...changed, ...OTHER_VARIABLES.map(remove), ""].join("\n");
}

/** Lines that put all variables back that {@linkcode variableLines} set or removed, where it did. */
export function undoLines(shell: PrintedShell): string {
  const { undo, block } = SYNTAX[shell];
  const [start, end] = block(true);
  return [start, ...[...EMULATOR_VARIABLES, ...OTHER_VARIABLES].map(undo), end, ""].join("\n");
}
