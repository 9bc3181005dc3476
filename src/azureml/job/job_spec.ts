/**
 * A complete Azure ML pipeline job as plain data, the interface between Kedro and Azure.
 *
 * Everything before it works offline; everything after it talks to Azure. {@linkcode toYaml} and {@linkcode jobBody}
 * only change its format.
 */
export interface JobSpec {
  /** Name in `azureml.yml`. */
  readonly job: string;
  /** Key below `jobs` in azureml.yml: the name, or the pattern of the job factory that created it. */
  readonly key: string;
  readonly pipelineName: string;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  readonly description: string | undefined;
  /** Name of the job's default cluster, used by steps without a tag. */
  readonly compute: string;
  /** Folder with the code that each step runs; `undefined` if the environment contains it. */
  readonly codeDirectory: string | undefined;
  /** As written; `undefined` if none is configured. */
  readonly environment: string | undefined;
  /** In Kedro's order: a step never comes before one that it depends on. */
  readonly steps: readonly Step[];
  /** Outputs of the whole job, in the pipeline's order. */
  readonly outputs: readonly JobOutput[];
}

/** One step of a job, for one Kedro node or for several that run in sequence. */
export interface Step {
  /** Key in the job, such as `train_model`. */
  readonly key: string;
  /** Name of the Kedro node; the name of the group if the step runs several nodes. */
  readonly node: string;
  /** The nodes of a group, in execution order; absent for a step of one node. */
  readonly nodes?: readonly GroupedNode[] | undefined;
  readonly name: string;
  readonly displayName: string;
  readonly command: string;
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly StepOutput[];
  /** Variables by name, in the order in which they are written. */
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly compute: string;
  readonly instanceType: string | undefined;
  /** Whether Azure ML may reuse an earlier run's outputs. */
  readonly isDeterministic: boolean;
  readonly timeoutSeconds: number | undefined;
  readonly distribution: Distribution | undefined;
}

export interface GroupedNode {
  readonly name: string;
  /** The datasets that it reads, without parameters. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface StepInput {
  /** Name in Azure ML. */
  readonly name: string;
  readonly dataset: string;
  /** The type that the component declares; `string` for a placeholder. */
  readonly type: string;
  readonly from:
    | { readonly kind: "literal"; readonly value: string }
    | { readonly kind: "step"; readonly step: string; readonly output: string }
    | { readonly kind: "asset"; readonly path: string; readonly type: string }
    /** A dataset that no step writes and that is not in the catalog; a job with one cannot be submitted. */
    | { readonly kind: "undeclared"; readonly path: string; readonly type: string };
}

export interface StepOutput {
  readonly name: string;
  readonly dataset: string;
  readonly type: string;
  readonly asset: { readonly name: string; readonly version: string | undefined } | undefined;
  readonly jobOutput: string | undefined;
}

export interface JobOutput {
  readonly name: string;
  readonly type: string;
  readonly step: string;
  readonly output: string;
}

export interface Distribution {
  readonly type: "pytorch" | "tensorflow" | "mpi";
  readonly instanceCount: number;
  readonly processCountPerInstance: number | undefined;
  readonly parameterServerCount: number | undefined;
  readonly workerCount: number | undefined;
}
