import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import { isCi } from "../../core/env_vars.ts";
import type { Warning } from "../../core/errors.ts";
import { shortHash } from "../../core/encoding.ts";
import { PRIVATE_FILE, userFolders } from "../../core/files.ts";

type Machine = Pick<Context, "env" | "home" | "platform" | "fs">;

/**
 * Marks the warnings that an earlier command already showed for this project, and records all of them for later
 * commands. Never fails: without a home folder, none is marked. In CI, the log of each run shows all of them.
 */
export async function markShown(
  ctx: Machine,
  root: string,
  warnings: readonly Warning[],
): Promise<readonly Warning[]> {
  const state = userFolders(ctx)?.state;
  if (state === undefined || isCi(ctx.env)) return warnings;
  const path = join(state, "warnings", `${shortHash(root, 16)}.json`);
  const before = await readHashes(ctx, path);
  const hashes = warnings.map(({ code, message, place }) =>
    shortHash(JSON.stringify([code, message, place]), 16)
  );
  if (hashes.some((hash) => !before.has(hash))) {
    const kept = [...new Set([...hashes, ...before])].slice(0, KEPT);
    try {
      await ctx.fs.writeText(path, JSON.stringify(kept) + "\n", PRIVATE_FILE);
    } catch {
      // Recording is a convenience: its failure must not fail the command.
    }
  }
  return warnings.map((warning, at) =>
    before.has(hashes[at]!) && !OF_COMMAND_LINE.test(warning.code) ? { ...warning, wasShown: true } : warning
  );
}

/** Codes of warnings about the command line, which `validate` does not show. */
const OF_COMMAND_LINE = /^(?:usage\.|params\.unknown$)/;

/** Number of warnings that are recorded per project. */
const KEPT = 500;

async function readHashes({ fs }: Machine, path: string): Promise<ReadonlySet<string>> {
  try {
    const hashes: unknown = JSON.parse(await fs.readText(path));
    return new Set(Array.isArray(hashes) ? hashes.filter((hash) => typeof hash === "string") : []);
  } catch {
    return new Set();
  }
}
