/** A step of a job, with its component in place of the component's id. */
export interface Node {
  componentId: { body: { properties: { componentSpec: Spec } } };
  computeId: string;
}

/** What is looked at of a component. */
export interface Spec {
  command: string;
  environment: string;
}

/** The jobs that were sent, each node with its component inside. */
export interface Sent {
  readonly jobs: readonly { properties: { computeId: string; jobs: Record<string, Node> } }[];
  readonly environments: readonly unknown[];
}

/** Where ours is right and the plugin is not: changes what the plugin sent to what it should have sent. */
export const DIFFERENT: Readonly<Record<string, (expected: Sent) => void>> = {
  // A quote in a parameter ends the plugin's argument.
  "paramlab/run-with_params": (sent) =>
    eachNode(sent, (_, spec) => {
      spec.command = spec.command.replace(
        /--params='(.*)'$/s,
        (_: string, json: string) => `--params='${json.replaceAll("'", "'\\''")}'`,
      );
    }),
  // The shell takes the brackets for syntax.
  "oddities/run-unnamed_partial": quoteNode,
  "oddities/run-unnamed_wrapped": quoteNode,
  // `compute: gpu` is a key of `compute`, whose cluster has another name; steps without a tag run there too.
  "spaceflights/run-compute_key": (sent) => {
    const { properties } = sent.jobs[0]!;
    properties.computeId = properties.computeId.replace(/gpu$/, "gpu-cluster");
    eachNode(sent, (node) => {
      node.computeId = node.computeId.replace(/cpu-cluster$/, "gpu-cluster");
    });
  },
  // The plugin asks for an environment that is called "azureml:docker-env".
  "dockerflow/run-main__env_azureml_prefix_latest": (sent) =>
    eachNode(sent, (_, spec) => {
      spec.environment = spec.environment.replace("/environments/azureml:", "/environments/");
    }),
};

/** Runs that are not compared, and why. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  "oddities/run-empty": "a job without steps is refused",
  "oddities/run-unicode_name": "Azure takes no such name for a step",
  "oddities/run-collide_inputs": "the plugin loses an input",
  "oddities/run-collide_outputs": "the plugin loses an output",
  "oddities/run-collide_keys": "the plugin loses two steps",
};

function quoteNode(sent: Sent): void {
  eachNode(sent, (_, spec) => {
    spec.command = spec.command.replace(/--node=(\S*\(\S*)/, "--node='$1'");
  });
}

function eachNode({ jobs }: Sent, change: (node: Node, spec: Spec) => void): void {
  for (const job of jobs) {
    for (const node of Object.values(job.properties.jobs)) {
      change(node, node.componentId.body.properties.componentSpec);
    }
  }
}
