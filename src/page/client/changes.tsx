/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { ChangesView, ChangeView, StepView } from "../view.ts";
import { counted, statusText } from "../logic/format.ts";

/** Shows how the run differs from the one before it. */
export function Changes({ changes: { against, status }, groups, steps }: {
  readonly changes: ChangesView;
  /** The changes, grouped by {@linkcode groupedChanges}. */
  readonly groups: readonly (readonly ChangeView[])[];
  readonly steps: readonly StepView[];
}) {
  const labels = new Map(steps.map(({ key, label }) => [key, label]));
  return (
    <div class="changes">
      <p>
        Compared with <code>{against}</code> ({statusText(status).toLowerCase()}):{" "}
        {groups.length === 0 ? "nothing changed" : counted(groups.length, "change")}.
      </p>
      {groups.length > 0 && (
        <ul class="diff">
          {groups.map((group, at) => <Change key={at} group={group} labels={labels} total={steps.length} />)}
        </ul>
      )}
    </div>
  );
}

function Change({ group, labels, total }: {
  readonly group: readonly ChangeView[];
  readonly labels: ReadonlyMap<string, string>;
  readonly total: number;
}) {
  const { aspect, name, before, after } = group[0]!;
  const names = group.flatMap(({ step }) => step === undefined ? [] : [labels.get(step) ?? step]);
  const where = names.length === 0
    ? "Job"
    : names.length === total && total > 1
    ? `All ${total} steps`
    : names.length > 4
    ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more steps`
    : names.join(", ");
  const kind = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  return (
    <li>
      <div class="what">
        <strong>{where}</strong>{" "}
        <span class="dim">
          {aspect === "step" ? "step" : [aspect, name].filter(Boolean).join(" ")} {kind}
        </span>
      </div>
      {aspect !== "step" && before !== undefined && (
        <pre class="before"><span class="sr-only">before: </span>{before}</pre>
      )}
      {aspect !== "step" && after !== undefined && (
        <pre class="after"><span class="sr-only">after: </span>{after}</pre>
      )}
    </li>
  );
}

/** Groups equal changes in several steps. */
export function groupedChanges(changes: readonly ChangeView[]): readonly (readonly ChangeView[])[] {
  const groups = Map.groupBy(changes, ({ step: _, ...rest }) => JSON.stringify(rest));
  return [...groups.values()];
}
