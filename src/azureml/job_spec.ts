/**
 * One Azure ML pipeline job, whole and pure: the waist between Kedro and Azure.
 *
 * Everything before it is offline; everything after it is Azure. {@linkcode toYaml} and {@linkcode toRest} only
 * write it down.
 */
export interface JobSpec {
  /** Its name in `azureml.yml`. */
  readonly job: string;
  /** Its key below `jobs` there: the same, or the pattern of the factory that made it. */
  readonly key: string;
  /** The Kedro pipeline that it was compiled from. */
  readonly pipelineName: string;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  readonly description: string | undefined;
  /** Name of the job's own cluster, that of steps without a tag. */
  readonly compute: string;
  /** Where the code that each step runs comes from; `undefined` when the environment holds it. */
  readonly codeDirectory: string | undefined;
  /** As written; `undefined` where nothing names one. */
  readonly environment: string | undefined;
  /** In Kedro's order: a step never comes before one that it needs. */
  readonly steps: readonly Step[];
  /** Outputs of the whole job, in the pipeline's order. */
  readonly outputs: readonly JobOutput[];
}

/** One step of a job: one Kedro node, or several that run one after the other. */
export interface Step {
  /** Its key in the job, such as `train_model`. */
  readonly key: string;
  /** The Kedro node's name; the name of the group where the step runs several. */
  readonly node: string;
  /** The nodes of a group, in the order in which they run; absent for a step of one node. */
  readonly nodes?: readonly GroupedNode[] | undefined;
  /** The component's name. */
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
  /** Seconds. */
  readonly timeoutSeconds: number | undefined;
  readonly distribution: Distribution | undefined;
}

/** The variable of a step that names the nodes which it runs one after the other, as a JSON list. */
export const GROUP_VARIABLE = "KEDRO_AZUREML_GROUP";

/** One node of a step that runs several. */
export interface GroupedNode {
  readonly name: string;
  /** The datasets that it reads, without parameters. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** One input of a step, and where it comes from. */
export interface StepInput {
  /** The name that Azure ML knows. */
  readonly name: string;
  /** The Kedro dataset. */
  readonly dataset: string;
  /** The type that the component declares: `string` for a placeholder. */
  readonly type: string;
  readonly from:
    | { readonly kind: "literal"; readonly value: string }
    | { readonly kind: "step"; readonly step: string; readonly output: string }
    | { readonly kind: "asset"; readonly path: string; readonly type: string }
    /** A dataset that no step writes and the catalog does not have; nothing can be submitted with it. */
    | { readonly kind: "undeclared"; readonly path: string; readonly type: string };
}

/** One output of a step. */
export interface StepOutput {
  readonly name: string;
  readonly dataset: string;
  readonly type: string;
  /** Name and version of the data asset that it becomes. */
  readonly asset: { readonly name: string; readonly version: string | undefined } | undefined;
  /** Name of the job's output that it is, if it is one. */
  readonly jobOutput: string | undefined;
}

/** One output of the whole job. */
export interface JobOutput {
  readonly name: string;
  readonly type: string;
  readonly step: string;
  readonly output: string;
}

/** How a distributed step is started. */
export interface Distribution {
  readonly type: "pytorch" | "tensorflow" | "mpi";
  readonly instanceCount: number;
  readonly processCountPerInstance: number | undefined;
  readonly parameterServerCount: number | undefined;
  readonly workerCount: number | undefined;
}
