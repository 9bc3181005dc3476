import { fields } from "../jobs/fields.ts";
import type { RunHistory } from "./run_history.ts";

/** A file that a run has left in the workspace's storage. */
export interface Artifact {
  /** From the run on, with slashes, such as `outputs/model.pkl`. */
  readonly path: string;
  /** Where it can be read; with a SAS it expires. */
  readonly url: string;
  /** Scope of the token that it is read with, for a URL without a SAS. */
  readonly scope?: string;
}

/** @internal An artifact as run history writes it. */
interface ArtifactItem {
  readonly path?: string | null;
  readonly contentUri?: string | null;
}

/**
 * Lists what a run has left, below a prefix of its own, such as `outputs/`.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function listArtifacts(
  history: RunHistory,
  runId: string,
  prefix: string,
): Promise<readonly Artifact[]> {
  const { experimentId } = await history.run(runId);
  const path = `experimentids/${experimentId}/runs/${encodeURIComponent(runId)}/artifacts/prefix/contentinfo`;
  const found = await Array.fromAsync(
    history.pages<ArtifactItem>(`list the files of run "${runId}"`, {
      path,
      query: { path: prefix },
      // As `_run_artifacts_operations.py` of azure-ai-ml 1.35 has it.
      tokenParameter: "continuationToken",
    }),
  );
  return found.flatMap((item) => {
    const { path, contentUri } = fields(item);
    return typeof path === "string" && typeof contentUri === "string" ? [{ path, url: contentUri }] : [];
  });
}
