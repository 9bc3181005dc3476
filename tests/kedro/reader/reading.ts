import { openCachedReader } from "../../../src/kedro/reader/cached_reader.ts";
import { findProject } from "../../../src/kedro/project.ts";
import type { Json, ProjectSnapshot } from "../../../src/kedro/snapshot.ts";
import { type FakeContext, fakeContext } from "../../fakes/context.ts";
import { realReader, rememberingReader } from "../../fakes/reader.ts";

/** Creates a project with one node, whose pipeline_registry.py starts with `code`. */
export function projectWith(code: string): Record<string, string> {
  return {
    "/p/pyproject.toml": `[tool.kedro]
package_name = "shop"
project_name = "shop"
kedro_init_version = "1.7.0"
`,
    "/p/src/shop/__init__.py": "",
    "/p/src/shop/settings.py": "",
    "/p/src/shop/pipeline_registry.py": `from kedro.pipeline import node, pipeline

value = None
${code}


def same(x):
    return x


def register_pipelines():
    print(value)
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`,
    "/p/conf/base/catalog.yml": "a:\n  type: pandas.CSVDataset\n  filepath: a.csv\n",
    "/p/conf/base/parameters.yml": "alpha: 1\n",
    "/p/conf/local/.gitkeep": "",
  };
}

/** Creates a machine that counts readings. */
export function machine(
  files: Record<string, string>,
  { isReal = false, image = "image" }: { readonly isReal?: boolean; readonly image?: string } = {},
) {
  let started = 0;
  const resources = isReal ? realReader() : rememberingReader();
  const ctx = fakeContext({
    cwd: "/p",
    files,
    resources: {
      imageId: () => Promise.resolve(image),
      prepareReader() {},
      startReader() {
        started++;
        return resources.startReader();
      },
    },
  });
  return { ctx, started: () => started };
}

/** What a command reads, prints, and reports about the cache. */
export interface Read {
  readonly snapshot: ProjectSnapshot;
  readonly printed: readonly string[];
  readonly messages: readonly string[];
  readonly resolved: readonly Json[];
}

/** Reads the project as a command does, and calls resolvers. */
export async function read(
  ctx: FakeContext,
  { env = {}, cache, params, resolve = [] }: {
    readonly env?: Record<string, string>;
    readonly cache?: boolean;
    readonly params?: Readonly<Record<string, Json>>;
    readonly resolve?: readonly (readonly [string, readonly Json[]])[];
  } = {},
): Promise<Read> {
  const [printed, messages]: [string[], string[]] = [[], []];
  const own = { ...ctx, env: { ...ctx.env, ...env } };
  const reader = await openCachedReader(own, await findProject(own, "/p"), {
    env: "local",
    onPrint: (line) => printed.push(line),
    onCache: (message) => messages.push(message),
    ...(cache !== undefined && { cache }),
    ...(params && { runtimeParams: params }),
  });
  try {
    const snapshot = await reader.snapshot();
    const resolved: Json[] = [];
    for (const [name, args] of resolve) resolved.push(await reader.resolve(name, args));
    return { snapshot, printed, messages, resolved };
  } finally {
    await reader.close();
  }
}

/** Returns the paths of cached readings. */
export function entries(ctx: FakeContext): string[] {
  return [...ctx.files.keys()].filter((path) => path.includes("/snapshots/"));
}
