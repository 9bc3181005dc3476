import { fields } from "../../../core/fields.ts";
import type { RunHistory } from "./run_history.ts";

/** A file of a run in the workspace's storage. */
export interface Artifact {
  /** Path within the run, with slashes, such as `outputs/model.pkl`. */
  readonly path: string;
  /** URL to read it from; a URL with a SAS expires. */
  readonly url: string;
}

/** Lists a run's files with a prefix such as `outputs/`. @throws {UserError} `azure.*`, `network.*`. */
export async function listArtifacts(
  history: RunHistory,
  runId: string,
  prefix: string,
): Promise<readonly Artifact[]> {
  const { experimentId } = await history.run(runId);
  const path = `experimentids/${experimentId}/runs/${encodeURIComponent(runId)}/artifacts/prefix/contentinfo`;
  const items = await Array.fromAsync(
    history.pages(`list the files of run "${runId}"`, {
      path,
      query: { path: prefix },
      // As in `_run_artifacts_operations.py` of azure-ai-ml 1.35.
      tokenParameter: "continuationToken",
    }),
  );
  return items.flatMap((item) => {
    const { path, contentUri } = fields(item);
    return typeof path === "string" && typeof contentUri === "string" ? [{ path, url: contentUri }] : [];
  });
}
