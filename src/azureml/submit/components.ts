import { textHash } from "../../core/encoding.ts";
import { UserError } from "../../core/errors.ts";
import { pythonJson } from "../../core/json.ts";
import { ANONYMOUS, shortId } from "../../core/azure_limits.ts";
import type { Workspace } from "../client/workspace.ts";
import { componentBody, componentSpec, type Pinned } from "../job/body.ts";
import type { JobSpec } from "../job/job_spec.ts";
import { componentVersion } from "../job/names.ts";

type StepComponent = ReturnType<typeof componentsOf>[number];

/** Azure ML's versions of components that were registered before, by {@linkcode StepComponent.key}. */
export type KnownComponents = ReadonlyMap<string, string>;

/**
 * The components of a job's steps, whether they are registered or not.
 *
 * @returns `path` is where to register each, and `id` stands for one that was not, because Azure ML gives it an id of its
 *   own; `key` is the same for equal specifications, and `undefined` if what one refers to may change, such as `@latest`.
 */
export function componentsOf(
  workspace: Workspace,
  { steps }: JobSpec,
  pinned: Pinned,
) {
  return steps.map((step) => {
    const spec = componentSpec(step, pinned);
    const path = pathOf(componentVersion(spec));
    return { step, spec, path, id: `${workspace.id}/${path}`, key: keyOf(spec) };
  });
}

const pathOf = (version: string) => `components/${ANONYMOUS}/versions/${version}`;

function keyOf({ _source, ...spec }: Record<string, unknown>): string | undefined {
  const isPinned = /^azureml:[^:@/]+:[^:@/]+$|\/versions\/[^/]+$/.test(String(spec.environment));
  return isPinned ? textHash(pythonJson(spec, { sortKeys: true }), 32) : undefined;
}

/**
 * Registers the components that are not known, in parallel.
 *
 * @returns The ids as Azure ML has them, by the key of the step.
 */
export async function registerComponents(
  workspace: Workspace,
  components: readonly StepComponent[],
  { limit, known, onDone }: {
    readonly limit: <T>(send: () => Promise<T>) => Promise<T>;
    readonly known: KnownComponents;
    /** Called for each component that exists now; `wasThere` if it was not sent. */
    readonly onDone: (wasThere: boolean) => void;
  },
): Promise<ReadonlyMap<string, string>> {
  const entries = components.map(async (component): Promise<[string, string]> => {
    const version = known.get(component.key ?? "");
    const id = version === undefined
      ? await limit(() => putComponent(workspace, component))
      : `${workspace.id}/${pathOf(version)}`;
    onDone(version !== undefined);
    return [component.step.key, id];
  });
  return new Map(await Promise.all(entries));
}

/** What a later job can reuse of the components that were registered. */
export function knownOf(
  components: readonly StepComponent[],
  ids: ReadonlyMap<string, string>,
): KnownComponents {
  return new Map(components.flatMap(({ key, step }) => {
    const [name, version] = shortId(ids.get(step.key) ?? "").split(":");
    return key === undefined || name !== ANONYMOUS ? [] : [[key, version!] as const];
  }));
}

/** Whether Azure refused a job because of its components. */
export function isAboutComponents(thrown: unknown): boolean {
  return thrown instanceof UserError && [400, 404].includes(Number(thrown.data.status)) &&
    /component/i.test([thrown.message, ...thrown.details].join("\n"));
}

/**
 * Registers one component. Azure ML finds an equal one by its content, so registering it twice is a no-op.
 *
 * Not observed on live Azure: concurrent first registrations may be rejected with 409 or 412, so these are retried.
 */
async function putComponent(workspace: Workspace, { step, spec, path }: StepComponent): Promise<string> {
  const action = `register the component of ${step.nodes === undefined ? "node" : "step"} "${step.node}"`;
  const request = { action, method: "PUT", path, body: componentBody(spec) } as const;
  for (let attempt = 1;; attempt++) {
    try {
      return (await workspace.send<{ readonly id: string }>(request)).id;
    } catch (thrown) {
      const isRace = thrown instanceof UserError && [409, 412].includes(Number(thrown.data.status));
      if (!isRace || attempt === COMPONENT_ATTEMPTS) throw thrown;
      await workspace.clock.sleep(attempt * 1000, workspace.signal);
    }
  }
}

const COMPONENT_ATTEMPTS = 4;
