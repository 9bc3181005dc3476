import type { StepView } from "../view.ts";

/** The namespaces of a step from the outermost, such as `a` and `a.b`; none for a step without one. */
export function namespacesOf({ namespace, label }: Pick<StepView, "namespace" | "label">): readonly string[] {
  const whole = namespace ?? (DOTTED.test(label) ? label.slice(0, label.lastIndexOf(".")) : "");
  if (whole === "") return [];
  const parts = whole.split(".");
  return parts.map((_, at) => parts.slice(0, at + 1).join("."));
}

/** A name that Kedro puts together from a namespace and the name of a node. */
const DOTTED = /^[\w-]+(?:\.[\w-]+)+$/;

/** All text by which a step can be found, in lower case: names, datasets, tags, settings and logs. */
export function searchText(step: StepView): string {
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
