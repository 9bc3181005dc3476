import type { Distribution, Step } from "../job_spec.ts";

/** Removes keys whose values are `undefined`. */
export function compact(entries: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/** Converts items to an object; `undefined` if there are none, as Azure ML omits empty inputs and outputs. */
export function byName<T>(
  items: readonly T[],
  entry: (item: T) => [string, unknown],
): Record<string, unknown> | undefined {
  return items.length === 0 ? undefined : Object.fromEntries(items.map(entry));
}

/** Number and type of instances that a step requires; `undefined` if it specifies neither. */
export function resourcesOf({ distribution, instanceType }: Step): Record<string, unknown> | undefined {
  if (distribution === undefined && instanceType === undefined) return undefined;
  return compact({ instance_count: distribution?.instanceCount, instance_type: instanceType });
}

/** How many processes of each kind a distributed step has, with the keys that Azure ML reads. */
export function processes(distribution: Distribution): Record<string, unknown> {
  return compact({
    process_count_per_instance: distribution.processCountPerInstance,
    parameter_server_count: distribution.parameterServerCount,
    worker_count: distribution.workerCount,
  });
}
