import type { ClusterSettings } from "../../azureml/resources/create.ts";

/** The cluster that `setup` creates unless its options say otherwise. Help names them: this loads nothing else. */
export const USUAL_CLUSTER: ClusterSettings = {
  vmSize: "Standard_DS3_v2",
  minNodes: 0,
  maxNodes: 4,
  idleSeconds: 120,
};
