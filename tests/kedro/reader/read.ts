import { fileURLToPath } from "node:url";
import type { Context } from "../../../src/core/context.ts";
import { openReader } from "../../../src/kedro/reader/cached_reader.ts";
import type { ReaderOptions } from "../../../src/kedro/reader/reader.ts";
import { findProject } from "../../../src/kedro/project.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { type FakeContext, fakeContext, type FakeOptions } from "../../fakes/context.ts";
import { realReader } from "../../fakes/reader.ts";
import { reusedReader } from "../../fakes/reused_reader.ts";

const PROJECTS = fileURLToPath(new URL("../../golden/projects/", import.meta.url));

/** Creates a world with real files and the real reader, for golden projects. */
export function realFiles(options: FakeOptions = {}): FakeContext {
  return fakeContext({ fs: systemFs, resources: realReader(), ...options });
}

/** Returns the folder of a golden project. */
export function golden(name: string): string {
  return PROJECTS + name;
}

/** Creates a world with a reused reader and a small project in memory: a registry and further files. */
export function projectOf(
  registry: string,
  files: Record<string, string> = {},
  options: FakeOptions = {},
): FakeContext {
  const all: Record<string, string> = {
    "pyproject.toml":
      '[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "1.7.0"\n',
    "src/shop/__init__.py": "",
    "src/shop/settings.py": "",
    "src/shop/pipeline_registry.py": registry,
    "conf/base/catalog.yml": "",
    "conf/local/.gitkeep": "",
    ...files,
  };
  const entries = Object.entries(all).map(([path, text]) => [`/shop/${path}`, text]);
  return fakeContext({
    cwd: "/shop",
    files: Object.fromEntries(entries),
    resources: reusedReader(),
    ...options,
  });
}

/** Reads the project in `dir` (default: the working directory) and closes the reader. */
export async function readProject(
  ctx: Context,
  options: Partial<ReaderOptions> & { dir?: string; lenient?: boolean } = {},
): Promise<ProjectSnapshot> {
  const { dir = ctx.cwd, lenient = false, ...rest } = options;
  const reader = await openReader(ctx, await findProject(ctx, dir), { env: "local", ...rest });
  try {
    return await reader.snapshot({ lenient });
  } finally {
    await reader.close();
  }
}
