import { EMULATOR_VARIABLES } from "../../app/emulator/use.ts";
import type { Context } from "../../core/context.ts";
import { shellWord } from "../../core/text/shell_word.ts";

/** A shell that lines can be printed for. */
export type PrintedShell = "sh" | "fish" | "powershell";

/** Where the lines keep what a variable was before. */
const BEFORE = "KEDRO_AZUREML_BEFORE_";

/** How one shell keeps, sets and puts back a variable; the old value is never printed. */
interface Syntax {
  set(name: string, value: string): string;
  keep(name: string): string;
  undo(name: string): string;
}

const SYNTAX: Readonly<Record<PrintedShell, Syntax>> = {
  sh: {
    set: (name, value) => `export ${name}=${shellWord(value)}`,
    keep: (name) => `[ -z "\${${name}+x}" ] || export ${BEFORE}${name}="$${name}"`,
    undo: (name) =>
      `if [ -n "\${${BEFORE}${name}+x}" ]; then export ${name}="$${BEFORE}${name}"; unset ${BEFORE}${name}; else unset ${name}; fi`,
  },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, "\\$&")}'`,
    keep: (name) => `set -q ${name}; and set -gx ${BEFORE}${name} $${name}`,
    undo: (name) =>
      `if set -q ${BEFORE}${name}; set -gx ${name} $${BEFORE}${name}; set -e ${BEFORE}${name}; else; set -e ${name}; end`,
  },
  powershell: {
    set: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
    keep: (name) => `if (Test-Path Env:${name}) { $env:${BEFORE}${name} = $env:${name} }`,
    undo: (name) =>
      `if (Test-Path Env:${BEFORE}${name}) { $env:${name} = $env:${BEFORE}${name}; Remove-Item Env:${BEFORE}${name} } ` +
      `else { Remove-Item Env:${name} -ErrorAction Ignore }`,
  },
};

/** The usual shell of this machine: PowerShell on Windows, fish where SHELL names it, a POSIX shell elsewhere. */
export function shellOf({ platform, env }: Pick<Context, "platform" | "env">): PrintedShell {
  if (platform === "windows") return "powershell";
  return /(^|\/)fish$/.test(env.SHELL ?? "") ? "fish" : "sh";
}

/** Lines that keep the values of variables, unless they are an emulator's already, and set new ones. */
export function variableLines(shell: PrintedShell, variables: Readonly<Record<string, string>>): string {
  const { keep, set } = SYNTAX[shell];
  const kept = Object.keys(variables).map(keep);
  const guarded = shell === "sh"
    ? ['if [ -z "${KEDRO_AZUREML_EMULATOR:-}" ]; then', ...kept, "fi"]
    : shell === "fish"
    ? ["if not set -q KEDRO_AZUREML_EMULATOR", ...kept, "end"]
    : ["if (-not $env:KEDRO_AZUREML_EMULATOR) {", ...kept, "}"];
  return [...guarded, ...Object.entries(variables).map(([name, value]) => set(name, value)), ""].join("\n");
}

/** Lines that put all variables back that {@linkcode variableLines} set. */
export function undoLines(shell: PrintedShell): string {
  return [...EMULATOR_VARIABLES.map(SYNTAX[shell].undo), ""].join("\n");
}
