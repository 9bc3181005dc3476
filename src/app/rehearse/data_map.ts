import { resolve } from "node:path";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { DataMap } from "../../emulator/runner/data_assets.ts";
import type { AppContext } from "../context.ts";

/**
 * Converts the paths given on the command line to absolute paths.
 *
 * @throws {UserError} `rehearse.data` if a path does not exist.
 */
export async function resolveDataMap(ctx: AppContext, typed: DataMap = {}): Promise<DataMap> {
  const entries = Object.entries(typed).map(([name, path]) => [name, resolve(ctx.cwd, path)] as const);
  for (const [name, path] of entries) {
    if (await ctx.fs.stat(path) !== undefined) continue;
    throw dataError(
      `Data for asset "${name}" not found: there is nothing at "${path}"`,
      [],
      `--data ${name}=PATH`,
    );
  }
  return Object.fromEntries(entries);
}

/**
 * Requires a local file or folder for each data asset that a job reads and does not write itself.
 *
 * @throws {UserError} `rehearse.data` with all missing assets, or for a file where a folder is needed, or vice versa.
 */
export async function requireLocalData(
  ctx: AppContext,
  specs: Iterable<JobSpec>,
  data: DataMap,
): Promise<void> {
  const missing = new Map<string, string>();
  for (const spec of specs) {
    for (const { from } of spec.steps.flatMap(({ inputs }) => inputs)) {
      if (from.kind !== "asset") continue;
      const [, name = from.path, version] = /^azureml:([^:@]+)(?::(.+))?/.exec(from.path) ?? [];
      const given = data[`${name}:${version}`] ?? data[name];
      if (given === undefined) missing.set(name, from.type);
      else await requireKind(ctx, { name, type: from.type, path: given });
    }
  }
  const names = [...missing.keys()];
  if (names.length === 0) return;
  throw dataError(
    names.length === 1
      ? `Data asset "${names[0]}" is not on this machine`
      : `${names.length} data assets are not on this machine: ${names.join(", ")}`,
    [...missing].map(([name, type]) => `${name} is a ${type}: pass a ${kindOf(type)}`),
    names.map((name) => `--data ${name}=PATH`).join(" "),
  );
}

async function requireKind(
  ctx: AppContext,
  { name, type, path }: { readonly name: string; readonly type: string; readonly path: string },
): Promise<void> {
  const found = await ctx.fs.stat(resolve(ctx.cwd, path));
  if (found === undefined || found.kind === kindOf(type)) return;
  throw dataError(
    `Data for asset "${name}" must be a ${
      kindOf(type)
    }, because it is a ${type}: "${path}" is a ${found.kind}`,
    [],
    `--data ${name}=${kindOf(type).toUpperCase()}`,
  );
}

function kindOf(type: string): "file" | "folder" {
  return type === "uri_file" ? "file" : "folder";
}

function dataError(message: string, details: readonly string[], options: string): UserError {
  return new UserError(message, {
    code: "rehearse.data",
    exit: ExitCode.Usage,
    details,
    hint: `Add \`${options}\``,
  });
}
