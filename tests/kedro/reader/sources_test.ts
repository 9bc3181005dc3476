import assert from "node:assert/strict";

import { openReader } from "../../../src/kedro/reader/cached_reader.ts";
import { findProject } from "../../../src/kedro/project.ts";

import { projectOf } from "./read.ts";

const REGISTRY = "def register_pipelines():\n    return {}\n";

Deno.test("--snapshot rejects a file above 64 MiB", async () => {
  const { fs, ...ctx } = projectOf(REGISTRY, { "s.json": "{}" });
  const stat = async (path: string) => {
    const found = await fs.stat(path);
    return found && path.endsWith("s.json") ? { ...found, sizeBytes: 64 * 1024 * 1024 + 1 } : found;
  };
  const large = { ...ctx, fs: { ...fs, stat } };
  const reading = openReader(large, await findProject(large, "/shop"), { env: "local", snapshot: "s.json" });
  await assert.rejects(reading, { code: "file.too_large" });
});
