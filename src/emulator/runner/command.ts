import { join } from "node:path";
import type { FileSystem } from "../../core/context.ts";
import { ownValue } from "../../core/json.ts";
import type { RunUsage } from "../../core/runs.ts";
import type { ComponentSpec } from "../arm/shapes.ts";

/** Folder below a step's folder to which `measure_usage.py` writes, one file for each rank. */
export const USAGE_FOLDER = "usage";

/** Reads what the processes of a step used: the largest memory, and the sum of the processor times. */
export async function readUsage(fs: FileSystem, folder: string): Promise<RunUsage | undefined> {
  const root = join(folder, USAGE_FOLDER);
  if (await fs.stat(root) === undefined) return undefined;
  const ofRanks: RunUsage[] = [];
  for await (const { path, kind } of fs.walk(root, () => true)) {
    if (kind === "file") ofRanks.push(JSON.parse(await fs.readText(path)));
  }
  if (ofRanks.length === 0) return undefined;
  return {
    peakBytes: Math.max(...ofRanks.map(({ peakBytes }) => peakBytes)),
    cpuMs: ofRanks.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

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
