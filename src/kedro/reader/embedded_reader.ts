import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import { answerOf, readSnapshot } from "./answer.ts";
import { embeddedVersion } from "./embedded_version.ts";
import { chooseEnviron, namesInDotenv } from "./visible_env.ts";
import { failureError } from "./failure.ts";
import type { Project } from "../project.ts";
import { insideRoot, readProjectFiles } from "./project_files.ts";
import type { KedroReader, ReaderOptions } from "./reader.ts";
import { json, type Shape } from "./shape.ts";
import { toSnapshot } from "./to_snapshot.ts";
import { startWorkerReader } from "./worker_reader.ts";

/**
 * Reads a project with the embedded Kedro, whose code reaches nothing but the files and variables handed to it.
 *
 * @throws {UserError} `kedro.version` when the project was made for a Kedro that is not built in; `resource.missing`.
 */
export async function openEmbedded(
  ctx: Pick<Context, "fs" | "env" | "resources" | "signal">,
  project: Project,
  options: ReaderOptions,
): Promise<KedroReader> {
  const kedro = embeddedVersion(project);
  const { env, runtimeParams = {}, timeoutMs = 60_000, onPrint = () => {} } = options;
  const environ = chooseEnviron(ctx.env, options.allowEnvNames);
  const withheld = { ...await dotenvNames(ctx, project), ...environ.withheld };
  const files = readProjectFiles(ctx, project, options);
  files.catch(() => {});
  const worker = await startWorkerReader(ctx, project, files, { timeoutMs, onPrint });

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

  return {
    async snapshot(how = {}) {
      const answer = await (reading ??= read());
      const { warnings } = await files;
      return toSnapshot(answer, {
        source: "embedded",
        env,
        runtimeParams,
        warnings: [...warnings, ...environ.warnings],
        ...how,
      });
    },
    async resolve(name, args) {
      await (reading ??= read());
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
