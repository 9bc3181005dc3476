import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import { answerOf, type ReadSnapshot, readSnapshot } from "./answer.ts";
import { embeddedVersion } from "./embedded_version.ts";
import { chooseEnviron, namesInDotenv } from "./visible_env.ts";
import { failureError } from "./failure.ts";
import type { Project } from "../project.ts";
import { type HandedOver, insideRoot, readProjectFiles } from "./project_files.ts";
import type { KedroReader, ReaderOptions } from "./reader.ts";
import type { ProjectSnapshot } from "../snapshot.ts";
import { json, listOf, orNull, record, type Shape, text } from "./shape.ts";
import { toSnapshot } from "./to_snapshot.ts";
import { startWorkerReader, type WorkerReaderOptions } from "./worker_reader.ts";

/** All that a reading depends on, gathered before an interpreter starts. */
export interface EmbeddedInput {
  readonly project: Project;
  readonly options: ReaderOptions;
  /** The version of Kedro that is used, such as `1` or `0.19`. */
  readonly kedro: string;
  /** The environment variables that the project's code may see. */
  readonly environ: ReturnType<typeof chooseEnviron>;
  /** Names of variables that are kept from it, and whether it may be allowed to see each. */
  readonly withheld: Readonly<Record<string, boolean>>;
  readonly files: Promise<HandedOver>;
}

/** What a reading used besides the files and variables that it was given. */
export interface Uses {
  /** Names of the environment variables that were asked for; `null` for all of them. */
  readonly variables: readonly string[] | null;
  /** What gives something else each time, such as `datetime.now()`. */
  readonly changing: readonly string[];
}

const uses: Shape<Uses> = record<Uses>({ variables: orNull(listOf(text)), changing: listOf(text) });

/** A reading with the embedded Kedro, as the cache needs it. */
export interface EmbeddedReader extends KedroReader {
  /** The checked answer that {@linkcode KedroReader.snapshot} is made of. */
  answer(): Promise<ReadSnapshot>;
  uses(): Promise<Uses>;
}

/**
 * Gathers what the embedded Kedro is handed: the project's files and the variables that its code may see.
 *
 * @throws {UserError} `kedro.version` when the project was made for a Kedro that is not built in.
 */
export async function prepareEmbedded(
  ctx: Pick<Context, "fs" | "env">,
  project: Project,
  options: ReaderOptions,
): Promise<EmbeddedInput> {
  const kedro = embeddedVersion(project);
  const environ = chooseEnviron(ctx.env, options.allowEnvNames);
  const files = readProjectFiles(ctx, project, options);
  files.catch(() => {});
  const withheld = { ...await dotenvNames(ctx, project), ...environ.withheld };
  return { project, options, kedro, environ, withheld, files };
}

/** Makes the project's snapshot of a checked answer. */
export async function snapshotOf(
  { options: { env, runtimeParams = {} }, environ, files }: EmbeddedInput,
  answer: ReadSnapshot,
  how: { readonly lenient?: boolean },
): Promise<ProjectSnapshot> {
  const warnings = [...(await files).warnings, ...environ.warnings];
  return toSnapshot(answer, { source: "embedded", env, runtimeParams, warnings, ...how });
}

/**
 * Reads a project with the embedded Kedro, whose code reaches nothing but the files and variables handed to it.
 *
 * @param onFetch Told what the project's code fetched while it ran.
 * @throws {UserError} `resource.missing`.
 */
export async function openEmbedded(
  ctx: Pick<Context, "fs" | "resources" | "signal">,
  input: EmbeddedInput,
  onFetch?: WorkerReaderOptions["onFetch"],
): Promise<EmbeddedReader> {
  const { project, options, kedro, environ, withheld, files } = input;
  const { env, runtimeParams = {}, timeoutMs = 60_000, onPrint = () => {} } = options;
  const worker = await startWorkerReader(ctx, project, files, {
    timeoutMs,
    onPrint,
    ...(onFetch && { onFetch }),
  });

  async function ask<T>(request: Record<string, unknown>, shape: Shape<T>): Promise<T> {
    const answer = answerOf(shape, await worker.call(request));
    if (!("error" in answer)) return answer.ok;
    // What the project's code was kept from may be why it failed.
    const { warnings } = await files;
    throw failureError(answer.error, project, "embedded", warnings.map(({ message }) => message));
  }

  let reading: ReturnType<typeof read> | undefined;
  async function read() {
    const root = insideRoot(project);
    const request = { root, source: "embedded", kedro, env, runtime_params: runtimeParams };
    return await ask({
      action: "snapshot",
      ...request,
      environ: environ.variables,
      withheld,
    }, readSnapshot);
  }

  const answer = () => reading ??= read();
  return {
    answer,
    snapshot: async (how = {}) => await snapshotOf(input, await answer(), how),
    uses: async () => await ask({ action: "uses" }, uses),
    async resolve(name, args) {
      await answer();
      return await ask({ action: "resolve", name, args }, json);
    },
    close: worker.close,
  };
}

/** The variables that the project's own `.env` would set: like all secrets, that file is not handed over. */
async function dotenvNames(
  { fs }: Pick<Context, "fs">,
  { root }: Project,
): Promise<Readonly<Record<string, boolean>>> {
  const path = join(root, ".env");
  const text = (await fs.stat(path))?.kind === "file" ? await fs.readText(path).catch(() => "") : "";
  return Object.fromEntries(namesInDotenv(text).map((name) => [name, false]));
}
