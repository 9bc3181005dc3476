import type { StepView } from "../view.ts";

/** The texts of steps, each of which is made only once. */
const TEXTS = new WeakMap<StepView, string>();

/** All text by which the filter of a page finds a step, in lower case: names, datasets, tags, settings and logs. */
export function searchText(step: StepView): string {
  const text = TEXTS.get(step) ?? makeText(step);
  TEXTS.set(step, text);
  return text;
}

function makeText(step: StepView): string {
  return [
    ...[step.label, step.key, step.compute, step.source, step.failure?.message, step.failure?.exception],
    ...(step.nodes ?? []),
    ...(step.tags ?? []),
    ...[...step.inputs, ...step.outputs].flatMap(({ name, port, value }) => [name, port, value]),
    ...step.facts.map(([, value]) => value),
    ...(step.tracked ?? []).flatMap(({ metrics }) => metrics.map(([name]) => name)),
    ...(step.logs ?? []).map(({ text }) => text),
  ].filter((text) => text !== undefined).join("\n").toLowerCase();
}
