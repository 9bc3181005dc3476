import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import type { Project } from "../project.ts";
import { embeddedVersion } from "../versions.ts";
import type { UsedFiles } from "../sandbox/uses.ts";
import type { ProjectSnapshot } from "../snapshot.ts";
import { chooseEnviron, namesInDotenv, outsideByPath } from "../visible.ts";
import { answerOf, failureError, type ReadSnapshot, readSnapshot, toSnapshot } from "./answer.ts";
import { insideRoot, readProjectFiles } from "./project_files.ts";
import { moduleFacts } from "./module_facts.ts";
import { type KedroReader, READ_TIMEOUT_MS, type ReaderOptions } from "./reader.ts";
import { startSandbox } from "./sandbox_client.ts";
import { json, listOf, orNull, record, type Shape, type Shaped, text } from "../shape.ts";

/** Everything a reading depends on, gathered before an interpreter starts. */
export type EmbeddedInput = Awaited<ReturnType<typeof prepareEmbedded>>;

export const usedFilesShape: Shape<UsedFiles> = record<UsedFiles>({
  paths: listOf(text),
  listed: listOf(text),
});

/** What a reading used besides the files and variables it was given. */
const uses = record({
  /** Names of the environment variables that were looked up; `null` for all of them. */
  variables: orNull(listOf(text)),
  /** What it looked at in the project; `null` for everything. */
  files: orNull(usedFilesShape),
  /** Calls whose result changes each time, such as `datetime.now()`. */
  changing: listOf(text),
});

export type Uses = Shaped<typeof uses>;

/** A reader with the embedded Kedro, with what the cache needs. */
export interface EmbeddedReader extends KedroReader {
  /** The checked answer that {@linkcode KedroReader.snapshot} is built from. */
  answer(): Promise<ReadSnapshot>;
  uses(): Promise<Uses>;
}

/**
 * Gathers the input of the embedded Kedro: the project's files and the variables that its code may see.
 *
 * @throws {UserError} `kedro.version` if the project was made for a Kedro version that is not built in.
 */
export async function prepareEmbedded(
  ctx: Pick<Context, "fs" | "env">,
  project: Project,
  options: ReaderOptions,
) {
  const kedro = embeddedVersion(project);
  const environ = chooseEnviron(ctx.env, options.allowEnvNames);
  const files = readProjectFiles(ctx, project, options);
  files.catch(() => {});
  const withheld = { ...await dotenvNames(ctx, project), ...environ.withheld };
  return { project, options, kedro, environ, withheld, files };
}

export async function snapshotOf(
  { options: { env, runtimeParams = {} }, environ, files }: EmbeddedInput,
  answer: ReadSnapshot,
  how: { readonly lenient?: boolean },
): Promise<ProjectSnapshot> {
  const warnings = [...(await files).warnings, ...environ.warnings];
  return toSnapshot(answer, { source: "embedded", env, runtimeParams, warnings, ...how });
}

/**
 * Reads a project with the embedded Kedro. The project's code can access only the given files and variables.
 *
 * @param onFetch Called for each file or folder that the project's code requests while it runs.
 * @throws {UserError} `resource.missing`.
 */
export async function openEmbedded(
  ctx: Pick<Context, "fs" | "resources" | "signal">,
  input: EmbeddedInput,
  onFetch?: Parameters<typeof startSandbox>[3]["onFetch"],
): Promise<EmbeddedReader> {
  const { project, options, kedro, environ, withheld, files } = input;
  const { env, runtimeParams = {}, timeoutMs = READ_TIMEOUT_MS, onPrint = () => {} } = options;
  const sandbox = await startSandbox(ctx, project, files, {
    timeoutMs,
    onPrint,
    onUnfiltered: options.onUnfiltered,
    ...(onFetch && { onFetch }),
  });

  async function ask<T>(request: Record<string, unknown>, shape: Shape<T>): Promise<T> {
    const result = answerOf(shape, await sandbox.call(request));
    if (!("error" in result)) return result.ok;
    // Files and variables hidden from the project's code may explain the failure.
    throw failureError(result.error, project, "embedded", (await files).warnings);
  }

  let reading: ReturnType<typeof read> | undefined;
  async function read() {
    const root = insideRoot(project);
    const outside = outsideByPath(project);
    const given = { root, outside, kedro, env, runtime_params: runtimeParams };
    const request = {
      action: "snapshot",
      source: "embedded",
      ...given,
      environ: environ.variables,
      withheld,
    };
    return await ask(request, readSnapshot);
  }

  const answer = () => reading ??= read();
  return {
    answer,
    snapshot: async (how = {}) => await snapshotOf(input, await answer(), how),
    modules: async (texts) => await ask({ action: "modules", texts }, moduleFacts),
    uses: async () => await ask({ action: "uses" }, uses),
    async resolve(name, args) {
      await answer();
      return await ask({ action: "resolve", name, args }, json);
    },
    close: sandbox.close,
  };
}

/** Asks an interpreter that has nothing of the project. @throws {UserError} `resource.missing`. */
export async function askWithoutProject<T>(
  ctx: Pick<Context, "fs" | "resources" | "signal">,
  project: Project,
  { timeoutMs = READ_TIMEOUT_MS, onUnfiltered }: ReaderOptions,
  shape: Shape<T>,
  request: Readonly<Record<string, unknown>>,
): Promise<T> {
  const nothing = {
    files: [],
    folders: [insideRoot(project)],
    later: { files: [], folders: [] },
    warnings: [],
  };
  const sandbox = await startSandbox(ctx, project, Promise.resolve(nothing), {
    timeoutMs,
    onPrint: () => {},
    onUnfiltered,
  });
  try {
    const answer = answerOf(shape, await sandbox.call(request));
    if ("error" in answer) throw failureError(answer.error, project, "embedded");
    return answer.ok;
  } finally {
    await sandbox.close();
  }
}

/** Names of the variables in the project's `.env` file, which is not handed over because it may hold secrets. */
async function dotenvNames(
  { fs }: Pick<Context, "fs">,
  { root }: Project,
): Promise<Readonly<Record<string, boolean>>> {
  const path = join(root, ".env");
  const text = (await fs.stat(path))?.kind === "file" ? await fs.readText(path).catch(() => "") : "";
  return Object.fromEntries(namesInDotenv(text).map((name) => [name, false]));
}
