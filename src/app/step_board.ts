import type { FollowEvent } from "../azureml/history/follow_event.ts";
import type { JobStep } from "../azureml/write/steps.ts";

/** How a run that was followed ended. */
export type JobEnding = Extract<FollowEvent, { type: "end" }>;

/** One step of a job that is followed, as far as is known. */
export interface BoardStep {
  /** Its key in the job; a run that belongs to no step of the job goes by its own id. */
  readonly key: string;
  readonly label: string;
  /** Azure's own, or `Waiting` while there is no run. */
  readonly status: string;
  readonly compute: string | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** Why it failed, where Azure says so. */
  readonly reason?: string | undefined;
  /** Keys of the steps that it needs. */
  readonly needs: readonly string[];
}

/** The steps of one job in graph order, kept up to date by what happens to the job. */
export interface Board {
  take(event: FollowEvent): void;
  steps(): readonly BoardStep[];
  /** The job's; empty before the first look. */
  status(): string;
}

/** The status of a step that Azure has not come to yet. */
export const WAITING = "Waiting";

/** Opens a board with the steps that are known, in graph order; others are added as they are met. */
export function openBoard(known: readonly JobStep[] = []): Board {
  const steps = new Map(known.map((step): [string, BoardStep] => [step.key, waiting(step)]));
  let status = "";
  const keyOf = (run: { readonly id: string }) => keys.get(run.id) ?? run.id;
  const keys = new Map<string, string>();
  return {
    take(event) {
      if (event.type === "status" || event.type === "end") status = event.status;
      if (event.type === "steps") {
        {
          for (const step of event.steps) if (!steps.has(step.key)) steps.set(step.key, waiting(step));
        }
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
