import type { FollowEvent } from "../azureml/history/follow_event.ts";
import type { JobStep } from "../azureml/write/steps.ts";

/** How a followed run ended. */
export type JobEnding = Extract<FollowEvent, { type: "end" }>;

/** The state of one step of a run. */
export interface BoardStep {
  /** Key in the job; for a run that belongs to no step of the job, its own id. */
  readonly key: string;
  readonly label: string;
  /** Azure's status, or `Waiting` while there is no run. */
  readonly status: string;
  readonly compute: string | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** Why it failed, if Azure says so. */
  readonly reason?: string | undefined;
  /** Keys of the steps that it depends on. */
  readonly needs: readonly string[];
}

/** The steps of a run in graph order, updated by the events of following the run. */
export interface Board {
  take(event: FollowEvent): void;
  steps(): readonly BoardStep[];
  /** Status of the run; `""` until it is known. */
  status(): string;
}

/** Status of a step that has not started. */
export const WAITING = "Waiting";

/** Opens a board with the known steps, in graph order; others are added when they appear. */
export function openBoard(known: readonly JobStep[] = []): Board {
  const steps = new Map(known.map((step): [string, BoardStep] => [step.key, waiting(step)]));
  let status = "";
  const keyOf = (run: { readonly id: string }) => keys.get(run.id) ?? run.id;
  const keys = new Map<string, string>();
  return {
    take(event) {
      if (event.type === "status" || event.type === "end") status = event.status;
      if (event.type === "steps") {
        for (const step of event.steps) if (!steps.has(step.key)) steps.set(step.key, waiting(step));
      }
      if (event.type === "step") {
        const { id, step: label, status, compute, startedAt, endedAt } = event.run;
        keys.set(id, event.key ?? id);
        const before = steps.get(keyOf(event.run));
        const now = { key: keyOf(event.run), label, status, startedAt, endedAt };
        steps.set(now.key, { ...now, compute: compute ?? before?.compute, needs: before?.needs ?? [] });
      }
      if (event.type === "failure") {
        const step = steps.get(keyOf(event.run));
        if (step !== undefined) steps.set(step.key, { ...step, reason: event.failure.message });
      }
    },
    steps: () => [...steps.values()],
    status: () => status,
  };
}

function waiting({ key, label, compute, needs }: JobStep): BoardStep {
  return { key, label, status: WAITING, compute, startedAt: undefined, endedAt: undefined, needs };
}
