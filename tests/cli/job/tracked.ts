import type { Emulator } from "../../fakes/emulator.ts";
import { frozen } from "../../fakes/frozen.ts";

/** What the steps log: series, NaN, infinity, and names and values that CSV quotes. */
export const TRACKED = frozen({
  clean: {
    metrics: { rows: [120], "system/cpu_percent": [12.5] },
    params: { 'drop, "all"': "true" },
    tags: { "kedro.env": "local", "mlflow.note": "not shown" },
  },
  count: {
    metrics: { loss: [0.5, 0.25, NaN, 0.125], mae: [1.73997710622711], worst: [-Infinity], zero: [0] },
    params: { alpha: "0.1" },
  },
});

/** Sends a request; the first run that logged a metric then has a run `fold 1` nested in it. */
export async function fetchNested(azure: Emulator, request: Request): Promise<Response> {
  const response = await azure.fetch(request);
  if (!request.url.includes("/runs/search")) return response;
  const answer = await response.json();
  const [run] = answer.runs.filter(({ data }: { data: { metrics?: unknown[] } }) => data.metrics?.length);
  const data = {
    metrics: [{ ...run.data.metrics[0], key: 'mae "dev", mean' }],
    params: [{ key: "fold of", value: run.info.run_id }],
    tags: [{ key: "mlflow.parentRunId", value: run.info.run_id }],
  };
  const info = { ...run.info, run_id: "n1", run_uuid: "n1", run_name: "fold 1" };
  return Response.json({ ...answer, runs: [...answer.runs, { info, data }] });
}
