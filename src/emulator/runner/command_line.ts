import { ownValue } from "../../core/fields.ts";
import type { ComponentSpec } from "../check/job_shapes.ts";

/** The values of `${{inputs.x}}` and `${{outputs.x}}` in a command: paths, or literal values. */
export interface Ports {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Fills in the inputs and outputs in a step's command. As on Azure ML, values are not quoted, and a part in `$[[…]]` is
 * omitted if an optional input in it has no value.
 *
 * @returns the shell command, and in `unknown` the names that it uses but the step does not have.
 */
export function commandLine(
  { command, inputs }: Pick<ComponentSpec, "command" | "inputs">,
  ports: Ports,
): { readonly line: string; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const valueOf = (kind: string, name: string) => ownValue(ports[kind as keyof Ports], name);
  const withOptional = command.replace(/\$\[\[(.*?)\]\]/gs, (_, part: string) => {
    const unset = [...part.matchAll(PORT)].filter(([, kind, name]) => valueOf(kind!, name!) === undefined);
    const isOptional = unset.every(([, kind, name]) =>
      kind === "inputs" && Object.hasOwn(inputs ?? {}, name!)
    );
    return unset.length > 0 && isOptional ? "" : part;
  });
  const line = withOptional.replace(PORT, (whole, kind: string, name: string) => {
    const value = valueOf(kind, name);
    if (value === undefined) unknown.push(`${kind}.${name}`);
    return value ?? whole;
  });
  return { line, unknown };
}

const PORT = /\$\{\{\s*(inputs|outputs)\.(\w+)\s*\}\}/g;
