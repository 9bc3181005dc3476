import { requireSmall } from "../../core/files.ts";
import { exactJson, fields } from "../../core/json.ts";
import { maskedJson } from "../../core/secrets.ts";
import { shellWord } from "../../core/untrusted.ts";
import { isAbsolute, join } from "node:path";
import type { Context } from "../../core/context.ts";
import { openFailure, UserError } from "../../core/errors.ts";
import { askWithoutProject } from "./embedded_reader.ts";
import type { Project } from "../project.ts";
import type { KedroReader, ReaderOptions } from "./reader.ts";
import { json } from "../shape.ts";
import { type ProjectSnapshot, snapshotShape } from "../snapshot.ts";
import { moduleFacts } from "./module_facts.ts";

/** Snapshots of the largest projects have a few. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Opens a snapshot file that `inspect --json` wrote.
 *
 * @throws {UserError} `snapshot.unreadable`, `snapshot.version`, or `snapshot.mismatch` if the snapshot is of another
 *   project, Kedro environment or set of runtime parameters.
 */
export async function openFile(
  ctx: Pick<Context, "fs" | "cwd" | "resources" | "signal">,
  project: Project,
  options: ReaderOptions,
  file: string,
): Promise<KedroReader> {
  const snapshot = parse(await readText(ctx, file), file);
  const { env, runtimeParams = {} } = options;
  const params = Object.keys(runtimeParams).length === 0 ? "" : " and the same `--params`";
  const again = `Make it again with \`kedro-azureml inspect --json -e ${shellWord(env)} > ${
    shellWord(file)
  }\`${params}`;
  refuseOther(
    "the project",
    snapshot.project.package_name,
    project.packageName,
    file,
    "Name the snapshot of this project",
  );
  refuseOther("the environment", snapshot.project.env, env, file, again);
  refuseOther(
    "the runtime parameters",
    JSON.stringify(maskedJson(snapshot.project.runtime_params)),
    JSON.stringify(maskedJson(runtimeParams)),
    file,
    again,
  );
  return {
    snapshot: () => Promise.resolve({ ...snapshot, project: { ...snapshot.project, source: "file" } }),
    async resolve(name, args) {
      const isOwn = snapshot.project.settings.custom_resolvers.includes(name);
      if (!isOwn) {
        return await askWithoutProject(ctx, project, options, json, { action: "resolve", name, args });
      }
      throw snapshotError(
        // snapshot.resolver: A resolver of the project cannot be asked, because a snapshot has no code.
        //   Omit `--snapshot`.
        "snapshot.resolver",
        `Cannot ask the resolver "${name}": a snapshot holds no code`,
        "Leave out `--snapshot`, so that the project itself is read",
      );
    },
    modules: (texts) => askWithoutProject(ctx, project, options, moduleFacts, { action: "modules", texts }),
    close: async () => {},
  };
}

async function readText(ctx: Pick<Context, "fs" | "cwd">, file: string): Promise<string> {
  const path = isAbsolute(file) ? file : join(ctx.cwd, file);
  await requireSmall(ctx, path, file, MOST_BYTES);
  let bytes: Uint8Array;
  try {
    bytes = await ctx.fs.readBytes(path);
  } catch (thrown) {
    throw unreadable(file, reasonOf(thrown));
  }
  // PowerShell's `>` writes UTF-16.
  const [first, second] = bytes;
  return new TextDecoder(first === 0xff && second === 0xfe ? "utf-16le" : "utf-8").decode(bytes);
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "there is no such file";
  return openFailure(thrown) ?? (thrown as Error).message;
}

function unreadable(file: string, reason: string): UserError {
  const hint = "Name a file that `kedro-azureml inspect --json` wrote";
  // snapshot.unreadable: The snapshot cannot be read. Write a new one with `inspect --json`.
  return snapshotError("snapshot.unreadable", `Cannot read the snapshot ${file}: ${reason}`, hint);
}

function parse(text: string, file: string): ProjectSnapshot {
  const value = exactJson(text);
  if (value === undefined) throw unreadable(file, "it is not JSON");
  const { version } = fields(value);
  if (version !== 1) {
    throw snapshotError(
      // snapshot.version: Another version wrote the snapshot. Write a new one with `inspect --json`.
      "snapshot.version",
      `Cannot use the snapshot ${file}: its version is ${JSON.stringify(version)} instead of 1`,
      "Make it again with this version of kedro-azureml",
    );
  }
  const { pipelines } = value as { pipelines?: object };
  const names = { pipeline_names: Object.keys(pipelines ?? {}), ...value as object };
  return { version: 1, ...snapshotShape(names, file) };
}

function refuseOther(what: string, found: string, wanted: string, file: string, hint: string): void {
  if (found === wanted) return;
  throw snapshotError(
    // snapshot.mismatch: The snapshot is of another project or environment. Write a new one with `inspect
    //   --json`.
    "snapshot.mismatch",
    `Cannot use the snapshot ${file}: ${what} is ${found} there, and ${wanted} here`,
    hint,
  );
}

function snapshotError(code: string, message: string, hint: string): UserError {
  return new UserError(message, { code, hint });
}
