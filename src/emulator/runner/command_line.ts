/** What `${{inputs.x}}` and `${{outputs.x}}` of a command stand for: a path, or the value of a literal. */
export interface Ports {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * The shell command of a step, with its inputs and outputs filled in. As on Azure ML, values are not quoted, and a part
 * in `$[[…]]` is left out where an optional input of it has no value.
 *
 * @returns the names that the command uses and the step does not have as `unknown`.
 */
export function commandLine(
  command: string,
  ports: Ports,
): { readonly line: string; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const valueOf = (kind: string, name: string) =>
    Object.hasOwn(ports[kind as keyof Ports], name) ? ports[kind as keyof Ports][name] : undefined;
  const withOptional = command.replace(/\$\[\[(.*?)\]\]/gs, (_, part: string) => {
    const isGiven = [...part.matchAll(PORT)].every(([, kind, name]) => valueOf(kind!, name!) !== undefined);
    return isGiven ? part : "";
  });
  const line = withOptional.replace(PORT, (whole, kind: string, name: string) => {
    const value = valueOf(kind, name);
    if (value === undefined) unknown.push(`${kind}.${name}`);
    return value ?? whole;
  });
  return { line, unknown };
}

const PORT = /\$\{\{\s*(inputs|outputs)\.(\w+)\s*\}\}/g;
