import { type NodeState, NOT_RUN, type StepState, WAITING } from "../core/run.ts";
import type { FollowEvent } from "../azureml/runs/follow.ts";
import type { MainMetric } from "../azureml/runs/metrics.ts";
import { reasonOf } from "../core/python_log.ts";
import type { JobStep } from "../azureml/job/steps.ts";

export type JobEnding = Extract<FollowEvent, { type: "end" }>;

/** The steps of a run in graph order, updated by the events of following the run. */
export interface Board {
  take(event: FollowEvent): void;
  steps(): readonly StepState[];
  /** Status of the run; `""` until it is known. */
  status(): string;
  /** How long the run took; `undefined` before its end. */
  durationMs(): number | undefined;
  /** What the steps logged to MLflow; empty before the end. */
  metrics(): readonly MainMetric[];
}

/** Opens a board with the known steps, in graph order; others are added when they appear. */
export function openBoard(known: readonly JobStep[] = []): Board {
  const steps = new Map(known.map((step): [string, StepState] => [step.key, waiting(step)]));
  let status = "";
  let durationMs: number | undefined;
  let metrics: readonly MainMetric[] = [];
  const withEnd = (step: StepState) =>
    durationMs !== undefined && step.status === WAITING ? { ...step, status: NOT_RUN } : step;
  const keyOf = (run: { readonly id: string }) => keys.get(run.id) ?? run.id;
  const keys = new Map<string, string>();
  return {
    take(event) {
      if (event.type === "status" || event.type === "end") status = event.status;
      if (event.type === "end") ({ durationMs } = event);
      if (event.type === "metrics") metrics = event.metrics;
      if (event.type === "steps") {
        for (const step of event.steps) if (!steps.has(step.key)) steps.set(step.key, waiting(step));
      }
      if (event.type === "step") {
        const { id, step: label, status, compute, startedAt, endedAt, usage } = event.run;
        keys.set(id, event.key ?? id);
        const before = steps.get(keyOf(event.run));
        const now = { key: keyOf(event.run), label, status, startedAt, endedAt };
        steps.set(now.key, {
          ...now,
          compute: compute ?? before?.compute,
          needs: before?.needs ?? [],
          ...(usage && { usage }),
          ...(before?.nodes && { nodes: before.nodes }),
        });
      }
      if (event.type === "node") {
        const step = steps.get(event.key);
        const nodes = step?.nodes?.map((node) => node.name === event.node.name ? event.node : node);
        if (step !== undefined) steps.set(step.key, { ...step, nodes });
      }
      if (event.type === "failure") {
        const step = steps.get(keyOf(event.run));
        if (step !== undefined) {
          steps.set(step.key, { ...step, reason: reasonOf(event.failure) });
        }
      }
    },
    metrics: () => metrics,
    steps: () => [...steps.values()].map(withEnd).map(withNodesEnded),
    status: () => status,
    durationMs: () => durationMs,
  };
}

function waiting({ key, label, compute, needs, nodes }: JobStep): StepState {
  return {
    key,
    label,
    status: WAITING,
    compute,
    startedAt: undefined,
    endedAt: undefined,
    needs,
    ...(nodes && { nodes: waitingNodes(nodes) }),
  };
}

export function waitingNodes(names: readonly string[]): readonly NodeState[] {
  return names.map((name) => ({ name, status: WAITING }));
}

/**
 * A node whose end was not logged ended with its step, as if the container was killed; in a completed step, all nodes
 * completed, also if its log cannot be read.
 */
function withNodesEnded(step: StepState): StepState {
  if (step.nodes === undefined || step.endedAt === undefined) return step;
  const { status } = step;
  const endsWithStep = (node: NodeState) => status === "Completed" || node.status === "Running";
  return { ...step, nodes: step.nodes.map((node) => endsWithStep(node) ? { ...node, status } : node) };
}
