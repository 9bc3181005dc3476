import type { RunHistory } from "./run_history.ts";

/** A file that a run has left in the workspace's storage. */
export interface Artifact {
  /** From the run on, with slashes, such as `outputs/model.pkl`. */
  readonly path: string;
  /** Where it can be read, for a while. */
  readonly url: string;
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
  const query = { path: prefix };
  const found = await Array.fromAsync(
    history.pages<ArtifactItem>(`list the files of run "${runId}"`, path, query),
  );
  return found.flatMap(({ path, contentUri }) => path && contentUri ? [{ path, url: contentUri }] : []);
}
