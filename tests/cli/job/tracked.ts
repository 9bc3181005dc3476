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
