import assert from "node:assert/strict";

import { openReader } from "../../../src/kedro/reader/cached_reader.ts";
import { findProject } from "../../../src/kedro/project.ts";

import { projectOf } from "./read.ts";

const REGISTRY = "def register_pipelines():\n    return {}\n";

for (
  const [what, read, reason] of [
    ["is missing", new Deno.errors.NotFound(), "there is no such file"],
    ["cannot be read", new Deno.errors.PermissionDenied(), "permission denied"],
    ["is a folder", new Deno.errors.IsADirectory(), "it is a folder"],
    ["is a device", new Deno.errors.NotCapable("no"), "it is a device, or in a folder of the system"],
    ["is on a broken disk", new Error("Input/output error"), "Input/output error"],
    ["is not JSON", "no", "it is not JSON"],
  ] as const
) {
  Deno.test(`openReader() reports that a snapshot file ${what}`, async () => {
    const ctx = projectOf(REGISTRY);
    const readBytes = (path: string) => {
      if (!path.endsWith("s.json")) return ctx.fs.readBytes(path);
      return typeof read === "string"
        ? Promise.resolve(new TextEncoder().encode(read))
        : Promise.reject(read);
    };
    const files = { ...ctx, fs: { ...ctx.fs, readBytes } };
    await assert.rejects(
      openReader(files, await findProject(ctx, "/shop"), { env: "local", snapshot: "s.json" }),
      { code: "snapshot.unreadable", message: `Cannot read the snapshot s.json: ${reason}` },
    );
  });
}

Deno.test("openReader() rejects a snapshot file of more than 64 MiB", async () => {
  const { fs, ...ctx } = projectOf(REGISTRY, { "s.json": "{}" });
  const stat = async (path: string) => {
    const found = await fs.stat(path);
    return found && path.endsWith("s.json") ? { ...found, sizeBytes: 64 * 1024 * 1024 + 1 } : found;
  };
  const large = { ...ctx, fs: { ...fs, stat } };
  const reading = openReader(large, await findProject(large, "/shop"), { env: "local", snapshot: "s.json" });
  await assert.rejects(reading, { code: "file.too_large" });
});
