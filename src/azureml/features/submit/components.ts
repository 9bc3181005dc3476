import { UserError } from "../../../core/errors.ts";
import { componentIds } from "../compare/describe.ts";
import type { Workspace } from "../../service/client/workspace.ts";
import { findJobBody } from "../../service/runs/run.ts";
import type { JobSpec, Step } from "../../job/job_spec.ts";
import { componentBody, componentSpec } from "../../job/write/component_body.ts";
import { componentVersion } from "../../job/write/component_version.ts";
import type { Pinned } from "../../job/write/job_body.ts";

/** The component of a step. Its name is derived from its content. */
export interface StepComponent {
  readonly step: Step;
  /** Path below the workspace. */
  readonly path: string;
  /** ARM id. */
  readonly id: string;
  readonly spec: Record<string, unknown>;
}

/** The components of a job's steps, whether they are registered or not. */
export function componentsOf(
  workspace: Workspace,
  { steps }: JobSpec,
  pinned: Pinned,
): readonly StepComponent[] {
  return steps.map((step) => {
    const spec = componentSpec(step, pinned);
    const path = `components/azureml_anonymous/versions/${componentVersion(spec)}`;
    return { step, spec, path, id: `${workspace.id}/${path}` };
  });
}

/** How {@linkcode registerComponents} registers. */
export interface RegisterOptions {
  /** Queue for the requests. */
  readonly limit: <T>(send: () => Promise<T>) => Promise<T>;
  /** Ids in lower case of components that exist. */
  readonly there: ReadonlySet<string>;
  /** Called for each component that exists now; `wasThere` if it was not sent. */
  readonly onDone: (wasThere: boolean) => void;
}

/**
 * Registers the components that do not exist yet, in parallel.
 *
 * @returns The ids as Azure ML has them, by the key of the step.
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function registerComponents(
  workspace: Workspace,
  components: readonly StepComponent[],
  { limit, there, onDone }: RegisterOptions,
): Promise<ReadonlyMap<string, string>> {
  const entries = components.map(async (component): Promise<[string, string]> => {
    const isThere = there.has(component.id.toLowerCase());
    const id = isThere ? component.id : await limit(() => putComponent(workspace, component));
    onDone(isThere);
    return [component.step.key, id];
  });
  return new Map(await Promise.all(entries));
}

/**
 * The components of an earlier job: one request tells which exist, instead of one for each.
 *
 * @returns Ids in lower case; none if the job is gone, such as with its workspace, or cannot be read.
 */
export async function componentsOfJob(workspace: Workspace, name: string): Promise<ReadonlySet<string>> {
  const found = await findJobBody(workspace, name, { sentOnce: true }).catch(() => undefined);
  return new Set(found === undefined ? [] : componentIds(found.body).map((id) => id.toLowerCase()));
}

/** Whether Azure refused a job because of its components. */
export function isAboutComponents(thrown: unknown): boolean {
  return thrown instanceof UserError && [400, 404].includes(Number(thrown.data.status)) &&
    /component/i.test([thrown.message, ...thrown.details].join("\n"));
}

/**
 * Registers one component; its version is derived from its content, so registering it twice is a no-op.
 *
 * Not observed on live Azure: concurrent first registrations may be rejected with 409 or 412, so these are retried.
 */
async function putComponent(workspace: Workspace, { step, spec, path, id }: StepComponent): Promise<string> {
  const action = `register the component of ${step.nodes === undefined ? "node" : "step"} "${step.node}"`;
  const request = { action, method: "PUT", path, body: componentBody(spec) } as const;
  for (let attempt = 1;; attempt++) {
    try {
      const found = await workspace.send<{ id?: unknown } | null>(request);
      return typeof found?.id === "string" ? found.id : id;
    } catch (thrown) {
      const isRace = thrown instanceof UserError && [409, 412].includes(Number(thrown.data.status));
      if (!isRace || attempt === COMPONENT_ATTEMPTS) throw thrown;
      await workspace.clock.sleep(attempt * 1000, workspace.signal);
    }
  }
}

const COMPONENT_ATTEMPTS = 4;
