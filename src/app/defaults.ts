import type { ClusterSettings } from "../azureml/resources/create.ts";

// Help names these: this file loads nothing else.

/** How many steps run on this machine at once, unless `--jobs` says otherwise. */
export const PARALLEL_STEPS = 2;

/** The page that `init` writes of the job that it runs; later rehearsals renew it. */
export const INIT_PAGE = "rehearsal.html";

/** The cluster that `setup` creates unless its options say otherwise. */
export const USUAL_CLUSTER: ClusterSettings = {
  vmSize: "Standard_DS3_v2",
  minNodes: 0,
  maxNodes: 4,
  idleSeconds: 120,
};
