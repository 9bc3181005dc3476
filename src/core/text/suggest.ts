import { distance } from "fastest-levenshtein";

/** Finds the name that was most likely meant; `undefined` when none is near. */
export function nearest(typed: string, names: Iterable<string>): string | undefined {
  const wanted = fold(typed);
  let best: { name: string; steps: number } | undefined;
  for (const name of names) {
    const steps = distance(wanted, fold(name));
    if (steps < (best?.steps ?? Infinity)) best = { name, steps };
  }
  const most = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return best !== undefined && best.steps <= most ? best.name : undefined;
}

/** Writes ` (did you mean "name"?)`, or nothing when no name is near. */
export function didYouMean(typed: string, names: Iterable<string>): string {
  const name = nearest(typed, names);
  return name === undefined ? "" : ` (did you mean "${name}"?)`;
}

/** Letters in one case and one separator, so that `Pipeline-Name` is next to `pipeline_name`. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-\s]/g, "_");
}
