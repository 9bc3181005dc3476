import { changesOf } from "../../azureml/features/compare/changes.ts";
import { describeJob } from "../../azureml/features/compare/describe.ts";
import type { Submitted } from "../../page/from_body.ts";
import type { ChangeView } from "../../page/view.ts";

/** Compares two jobs, as `diff` does. Pure. */
export function compareJobs(before: Submitted, after: Submitted): readonly ChangeView[] {
  const [old, now] = [before, after].map(({ properties, componentOf }) =>
    describeJob({ properties }, componentOf)
  );
  return changesOf(old!, now!);
}
