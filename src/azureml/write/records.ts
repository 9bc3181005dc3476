import type { Step } from "../job_spec.ts";

/** Leaves out what is `undefined`. */
export function compact(entries: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/** Makes a mapping of items, or nothing of none: Azure ML writes no empty inputs and outputs. */
export function byName<T>(
  items: readonly T[],
  entry: (item: T) => [string, unknown],
): Record<string, unknown> | undefined {
  return items.length === 0 ? undefined : Object.fromEntries(items.map(entry));
}

/** How many instances of which type a step takes, where it says so. */
export function resourcesOf({ distribution, instanceType }: Step): Record<string, unknown> | undefined {
  if (distribution === undefined && instanceType === undefined) return undefined;
  return compact({ instance_count: distribution?.instanceCount, instance_type: instanceType });
}
