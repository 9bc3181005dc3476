import type { NodeState, RunUsage } from "../core/runs.ts";

/** The data of the page, which is embedded in its file as JSON. Times are in milliseconds since 1970. */
export interface PageData {
  readonly title: string;
  readonly madeAt: number;
  /** Program name and version, such as `kedro-azureml 0.2.0`. */
  readonly program: string;
  /** Whether the page polls its server for updates. */
  readonly isLive?: boolean;
  /** Milliseconds between two requests of a live page (default: 1,000). */
  readonly pollMs?: number;
  readonly view: PageView;
}

export type PageView = RunView | JobsView | SchedulesView | CompareView | ProjectView;

export interface RunView {
  readonly kind: "run";
  /** Name in Azure ML. */
  readonly name: string;
  /** Name of its job in azureml.yml, if known. */
  readonly job?: string | undefined;
  readonly status: string;
  readonly displayName?: string | undefined;
  readonly experiment?: string | undefined;
  readonly description?: string | undefined;
  readonly workspace?: string | undefined;
  readonly studioUrl?: string | undefined;
  readonly createdAt?: number | undefined;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly failure?: FailureView | undefined;
  readonly tags: readonly Pair[];
  readonly outputs: readonly PortView[];
  readonly steps: readonly StepView[];
  /** As it is first shown. */
  readonly graph: GraphView;
  /** What the job itself logged to MLflow, besides its steps. */
  readonly tracked?: readonly TrackedView[] | undefined;
  /** The last completed run before it, or else the last one, and this one. */
  readonly compared?: ComparedData | undefined;
  readonly notices: readonly string[];
  /** Key of the step to select first. */
  readonly selected?: string | undefined;
}

/** The jobs of an emulator or a workspace, newest first. */
export interface JobsView {
  readonly kind: "jobs";
  /** The workspace in Azure ML; absent for an emulator. */
  readonly workspace?: string | undefined;
  readonly jobs: readonly JobRow[];
  /** Whether there are jobs that were not looked at, or are not shown. */
  readonly isMore: boolean;
}

export interface JobRow {
  readonly name: string;
  /** Name of its job in azureml.yml, if known. */
  readonly job?: string | undefined;
  readonly status: string;
  readonly displayName?: string | undefined;
  readonly experiment?: string | undefined;
  readonly href: string;
  readonly createdAt: number;
  readonly endedAt?: number | undefined;
  /** Name or id of who submitted it. */
  readonly createdBy?: string | undefined;
  /** Whether the reader submitted it; absent if that is not known. */
  readonly isMine?: boolean;
  /** Number of steps, and of completed and failed ones; absent if that is not known. */
  readonly steps?: number | undefined;
  readonly completed?: number | undefined;
  readonly failed?: number | undefined;
}

export interface SchedulesView {
  readonly kind: "schedules";
  readonly workspace: string;
  readonly schedules: readonly ScheduleRow[];
}

interface ScheduleRow {
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly experiment?: string | undefined;
  /** When it fires, such as `daily at 02:00, UTC`. */
  readonly when: string;
  readonly isEnabled: boolean;
  /** The next time, unless it is paused, has ended or cannot be computed. */
  readonly nextAt?: number | undefined;
}

/** Pipelines without a run. */
export interface ProjectView {
  readonly kind: "project";
  readonly name: string;
  readonly kedroVersion: string;
  readonly env: string;
  readonly pipelines: readonly PipelineView[];
  /** Datasets with their type and location. */
  readonly catalog: readonly { readonly name: string; readonly type: string; readonly path: string }[];
  readonly parameters: readonly Pair[];
}

/** One pipeline: its nodes are shown as steps. */
export interface PipelineView {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly steps: readonly StepView[];
  readonly graph: GraphView;
}

export type Pair = readonly [name: string, value: string];

/** A step of a job, or a node of a pipeline. */
export interface StepView extends StepProgress {
  readonly key: string;
  readonly label: string;
  /** Namespace of its node, such as `training.small`. */
  readonly namespace?: string | undefined;
  /** File and line of the node's function, relative to the project. */
  readonly source?: string | undefined;
  readonly code?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Keys of the steps that it depends on. */
  readonly needs: readonly string[];
  readonly compute?: string | undefined;
  /** The Kedro nodes that it runs, if it runs several. */
  readonly nodes?: readonly string[] | undefined;
  readonly inputs: readonly PortView[];
  readonly outputs: readonly PortView[];
  readonly command?: string | undefined;
  /** Environment, code, limits and other settings. */
  readonly facts: readonly Pair[];
  /** Environment variables; values that look like secrets are masked. */
  readonly variables: readonly Pair[];
}

/** The state of a step, which changes while it runs. */
export interface StepProgress {
  /** Azure's status, such as `Running`; absent until Azure has created a run for the step. */
  readonly status?: string | undefined;
  readonly run?: string | undefined;
  readonly queuedAt?: number | undefined;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  /** Id of the earlier run whose results it reuses. */
  readonly reusedFrom?: string | undefined;
  readonly failure?: FailureView | undefined;
  readonly logs?: readonly LogView[] | undefined;
  /** The nodes that have started, if the step runs several. */
  readonly nodeRuns?: readonly NodeState[] | undefined;
  /** Locations of its outputs, by output name. */
  readonly places?: Readonly<Record<string, string>> | undefined;
  /** What the step logged to MLflow, and then the runs nested in its run. */
  readonly tracked?: readonly TrackedView[] | undefined;
  /** What its processes used, if it ran on this machine. */
  readonly usage?: RunUsage | undefined;
  /** Bytes of its outputs that are files, by output name. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
}

export interface TrackedView {
  /** Name of a nested run; absent for the run of a step or job. */
  readonly nested?: string;
  readonly metrics: readonly MetricView[];
  readonly params: readonly Pair[];
  readonly tags?: readonly Pair[];
  /** What people wrote about it, as HTML that is safe. */
  readonly note?: string | undefined;
  readonly files?: readonly FileView[];
}

/** A metric of a run; values that are not finite are texts. */
export interface MetricView {
  readonly name: string;
  readonly value: number | string;
  /** Number of values, if there are several, with the smallest and the largest one. */
  readonly count?: number;
  readonly min?: number | string;
  readonly max?: number | string;
  /** Step of the training and value, alternating; of many values, those that make the shape of the curve. */
  readonly curve?: readonly number[];
}

/** A file that a step wrote or logged. */
export interface FileView {
  readonly path: string;
  readonly sizeBytes?: number;
  /** Text of a text file, such as CSV or HTML. */
  readonly text?: string;
  /** Data URL of an image, or of another small file. */
  readonly data?: string;
  /** Whether `text` is only the beginning. */
  readonly isCut?: boolean;
}

/** The state of a run and of its steps, by key. */
export interface RunState extends Pick<RunView, "status" | "startedAt" | "endedAt" | "failure" | "tracked"> {
  readonly steps: Readonly<Record<string, StepProgress>>;
}

export interface PortView {
  /** Name of the Kedro dataset, if known. */
  readonly name: string;
  /** Name in Azure ML, if it differs. */
  readonly port?: string | undefined;
  readonly type?: string | undefined;
  /** Its value or source, as text. */
  readonly value?: string | undefined;
  /** Key of the step that produces it. */
  readonly from?: string | undefined;
}

/** Why something failed, and how to fix it if that is known. */
export interface FailureView {
  readonly message: string;
  /** The exception that ended the log of the step. */
  readonly exception?: string | undefined;
  /** Where the project's code raised it, such as `src/shop/nodes.py:5 in split`. */
  readonly place?: string | undefined;
  /** The exception that it was caused by, with its place. */
  readonly causedBy?: string | undefined;
  readonly hint?: string | undefined;
}

/** A log of a step, in a report; a live page reads logs from its server. */
export interface LogView {
  readonly name: string;
  readonly text: string;
  /** Number of bytes left out of the middle. */
  readonly omittedBytes?: number | undefined;
}

export interface LogPart {
  readonly files: readonly string[];
  /** The log that `text` is from; absent if there is none yet. */
  readonly file?: string | undefined;
  readonly text: string;
  /** Offset of the next part, in bytes. */
  readonly next: number;
  /** Number of bytes skipped before `text`. */
  readonly skippedBytes: number;
  /** The states of nodes that it tells. */
  readonly nodeRuns?: readonly NodeState[] | undefined;
}

/** The steps whose logs contain a text, by key. */
export interface LogSearch {
  readonly steps: readonly string[];
}

/** Positions of steps and lines, in pixels. */
export interface GraphView {
  readonly width: number;
  readonly height: number;
  /** Upper left corner of each step, in the order of the steps. */
  readonly at: readonly (readonly [x: number, y: number])[];
  readonly edges: readonly EdgeView[];
  readonly boxes?: readonly BoxView[];
  /** Keys of the groups that are open in it, if it is the one that a page begins with. */
  readonly open?: readonly string[];
}

/** The box around the steps of an open namespace. */
export interface BoxView {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line from one step to another; `from` and `to` are indexes in the list of steps. */
export interface EdgeView {
  readonly from: number;
  readonly to: number;
  /** x and y of each point, alternating: where it goes straight down through rows, first the upper point, then the lower. */
  readonly points: readonly number[];
  /** Whether only its ends are drawn. */
  readonly isFar?: true;
}

/** Size of a step in the graph, in pixels. */
export const NODE = { width: 216, height: 56 } as const;

/** Runs side by side, as `job compare` prints it for scripts: the first is what the others are compared with. */
export interface ComparedData {
  readonly runs: readonly {
    /** Name in Azure ML. */
    readonly name: string;
    /** Name in azureml.yml, if known. */
    readonly job?: string | undefined;
    readonly status: string;
    readonly experiment?: string | undefined;
    /** In ISO 8601. */
    readonly submittedAt?: string | undefined;
    readonly durationMs?: number | undefined;
    readonly commit?: string | undefined;
    /** Set if its code has changes that are not in the commit. */
    readonly dirty?: true | undefined;
  }[];
  /** Differences between the submissions, the most commonly changed aspects first. */
  readonly changes: readonly {
    readonly aspect: string;
    readonly name?: string | undefined;
    /** The steps, by node, in which it differs in the same way; absent for the job itself. */
    readonly steps?: readonly string[];
    /** In each run; `null` in one that does not have it. */
    readonly values: readonly (string | null)[];
  }[];
  /** Files of the code that differ; absent if that is not known. */
  readonly files?: readonly string[];
  /** Values of configuration files that differ, by their keys from the top, such as `model.alpha`. */
  readonly configuration?: readonly {
    readonly file: string;
    readonly key: string;
    readonly values: readonly (string | null)[];
  }[];
  /** Metrics that differ come first; NaN and infinities are strings. */
  readonly metrics: readonly {
    readonly step?: string;
    readonly metric: string;
    readonly values: readonly (number | string | null)[];
    /** Relative change from the first run to the last one. */
    readonly change?: number;
  }[];
  readonly steps: readonly {
    readonly node: string;
    readonly statuses: readonly (string | null)[];
    readonly durationsMs: readonly (number | null)[];
  }[];
  /** Bytes of the datasets that steps wrote; only known if they ran on this machine. */
  readonly datasets?: readonly {
    readonly step: string;
    readonly dataset: string;
    readonly bytes: readonly (number | null)[];
  }[];
}

export interface CompareView extends ComparedData {
  readonly kind: "compare";
  /** What each run logged, with its place in the run, such as `train > fold 1`. */
  readonly tracked?: readonly (readonly (TrackedView & { readonly label: string })[])[] | undefined;
}
