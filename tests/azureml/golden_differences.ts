/** A step of a job, with its component in place of the component id. */
export interface Node {
  componentId: { body: { properties: { componentSpec: Spec } } };
  computeId: string;
  name: string;
  display_name?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** The compared properties of a component. */
export interface Spec {
  command: string;
  environment: string;
  name: string;
  display_name: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** Submitted jobs, each node with its component inside. */
export interface Sent {
  readonly jobs: readonly { properties: { computeId: string; jobs: Record<string, Node> } }[];
  readonly environments: readonly unknown[];
}

/** Corrects mistakes of the plugin in its requests. */
export const DIFFERENT: Readonly<Record<string, (expected: Sent) => void>> = {
  // A quote in a parameter ends the plugin's argument.
  "paramlab/run-with_params": (sent) =>
    eachNode(sent, (_, spec) => {
      spec.command = spec.command.replace(
        /--params='(.*)'$/s,
        (_: string, json: string) => `--params='${json.replaceAll("'", "'\\''")}'`,
      );
    }),
  // The shell reads the parentheses as syntax.
  "oddities/run-unnamed_partial": quoteNode,
  "oddities/run-unnamed_wrapped": quoteNode,
  // `compute: gpu` is a key of `compute` whose cluster has another name; steps without a tag run there too.
  "spaceflights/run-compute_key": (sent) => {
    const { properties } = sent.jobs[0]!;
    properties.computeId = properties.computeId.replace(/gpu$/, "gpu-cluster");
    eachNode(sent, (node) => {
      node.computeId = node.computeId.replace(/cpu-cluster$/, "gpu-cluster");
    });
  },
  // The plugin merges inputs "x-y" and "x_y" of a node.
  "oddities/run-collide_inputs": (sent) =>
    eachNode(sent, (node, spec) => {
      spec.inputs.x_y_1 = spec.inputs.x_y;
      node.inputs.x_y_1 = node.inputs.x_y;
      node.inputs.x_y = literal("x-y");
    }),
  // It also merges outputs "o-1" and "o.1".
  "oddities/run-collide_outputs": (sent) =>
    eachNode(sent, (node, spec) => {
      spec.command = spec.command.replace(/(--az-(in|out)put=o\.1 \$\{\{\w+\.o_1)/, "$1_1");
      if (node.name === "after") {
        spec.inputs.o_1_1 = spec.inputs.o_1;
        node.inputs.o_1_1 = literal("${{parent.jobs.collide_outputs.outputs.o_1_1}}");
      } else {
        spec.outputs.o_1_1 = spec.outputs.o_1;
        node.outputs.o_1_1 = node.outputs.o_1;
      }
    }),
  // The plugin only keeps the last of nodes "load-data", "load.data" and "load_data".
  "oddities/run-collide_keys": ({ jobs: [job] }) => {
    const { jobs } = job!.properties;
    const { load_data: last, after_all } = jobs;
    jobs.load_data = copyStep(last!, {
      key: "load_data",
      node: "load-data",
      component: "load-data",
      output: "k3",
    });
    jobs.load_data_1 = copyStep(last!, {
      key: "load_data_1",
      node: "load.data",
      component: "load__data",
      output: "k1",
    });
    jobs.load_data_2 = { ...last!, name: "load_data_2" };
    after_all!.inputs.k1 = literal("${{parent.jobs.load_data_1.outputs.k1}}");
    after_all!.inputs.k2 = literal("${{parent.jobs.load_data_2.outputs.k2}}");
  },
  // The plugin requests an environment named "azureml:docker-env".
  "dockerflow/run-main__env_azureml_prefix_latest": (sent) =>
    eachNode(sent, (_, spec) => {
      spec.environment = spec.environment.replace("/environments/azureml:", "/environments/");
    }),
};

/** Runs of the plugin that we reject, with our error code. */
export const REFUSED: Readonly<Record<string, string>> = {
  // The plugin sends a job without steps.
  "oddities/run-empty": "submit.no_steps",
  // The schema of azure-ai-ml, which `az ml job create` uses, does not allow "é" in a step's key.
  "oddities/run-unicode_name": "submit.step_name",
};

function literal(value: string): unknown {
  return { value, job_input_type: "literal" };
}

/** Copies a step for another node. */
function copyStep(step: Node, to: { key: string; node: string; component: string; output: string }): Node {
  const copy = structuredClone(step);
  const { componentSpec: spec } = copy.componentId.body.properties;
  spec.command = spec.command.replace("--node=load_data", `--node=${to.node}`).replaceAll("k2", to.output);
  spec.name = to.component;
  spec.display_name = to.node;
  spec.outputs = { [to.output]: spec.outputs.k2 };
  const shown = to.node === to.component ? {} : { display_name: to.node };
  return { ...copy, ...shown, name: to.key, outputs: { [to.output]: copy.outputs.k2 } };
}

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
