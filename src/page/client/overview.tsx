import { percentText, relativeChange, sizeText } from "../../core/format.ts";
import type { RunView } from "../view.ts";
import { ranFor, statusText, tookText } from "../widgets/status.tsx";
import { Pairs } from "../widgets/widgets.tsx";
import { Figures, isImage } from "./artifacts.tsx";
import { type Logged, metricRows, metricText, Spark } from "./metrics.tsx";
import type { Go } from "./place.ts";

/** Limits of what an overview shows. */
const MOST = { metrics: 8, figures: 8, steps: 6, changes: 8, datasets: 8 } as const;
/** Metrics that MLflow logs by itself. */
const AUTOMATIC = /^(?:system\/|training_)/;

/** Shows what came out of a run: metrics, figures, and how it differs from the run before. */
export function Overview({ run, logged, now, go }: {
  readonly run: RunView;
  readonly logged: readonly Logged[];
  readonly now: number;
  readonly go: Go;
}) {
  const { compared, steps, tags, outputs, description } = run;
  const figures = [
    ...logged.flatMap(({ files = [], label }) => files.filter(isImage).map((file) => ({ ...file, label }))),
    ...steps.flatMap(({ previews = [], label }) =>
      previews.filter(isImage).map((file) => ({ ...file, label }))
    ),
  ];
  const before = compared?.runs[0];
  const change = relativeChange(before?.durationMs, compared?.runs.at(-1)?.durationMs);
  const changes = [
    ...compared?.configuration?.map(({ file, key, values }) => ({ what: key, where: file, values })) ?? [],
    ...compared?.changes.filter(({ aspect }) => aspect !== "code").map(({ aspect, name, values }) => ({
      what: [aspect, name].filter((part) => part !== undefined).join(" "),
      where: "",
      values,
    })) ?? [],
  ];
  return (
    <div class="overview">
      {description && <p>{description}</p>}
      {before !== undefined && (
        <p class="dim">
          Compared with {before.name}, {statusText(before.status).toLowerCase()}
          {before.durationMs !== undefined && ` after ${tookText(before.durationMs)}`}
          {change !== undefined && `; this run ${change === 0 ? "took as long" : percentText(change)}`}
        </p>
      )}
      <Tiles run={run} logged={logged} />
      <Figures files={figures.slice(0, MOST.figures)} />
      <div class="columns">
        <Slowest run={run} now={now} select={(step) => go({ step, tab: "steps" })} />
        {changes.length > 0 && (
          <section>
            <h2>Changed since the run before</h2>
            <ul class="facts">
              {changes.slice(0, MOST.changes).map(({ what, where, values: [old, value] }, at) => (
                <li key={at} title={where}>
                  <strong>{what}</strong> <del>{old ?? "–"}</del> → <ins>{value ?? "–"}</ins>
                </li>
              ))}
            </ul>
            <button type="button" class="link" onClick={() => go({ tab: "changes" })}>All changes</button>
          </section>
        )}
        <Datasets run={run} />
        {outputs.length + tags.length > 0 && (
          <section>
            <h2>Outputs and tags</h2>
            <Pairs
              pairs={[
                ...outputs.map(({ name, type, value }) =>
                  [name, [type, value].filter(Boolean).join(", ")] as const
                ),
                ...tags,
              ]}
            />
          </section>
        )}
      </div>
    </div>
  );
}

/** The metrics that say most, with their change since the run before. */
function Tiles({ run: { compared }, logged }: { readonly run: RunView; readonly logged: readonly Logged[] }) {
  const all = metricRows(logged).filter(({ name }) => !AUTOMATIC.test(name));
  const own = all.filter(({ label }) => !label.includes(" > "));
  const number = (one: unknown) => typeof one === "number" ? one : undefined;
  const rows = (own.length > 0 ? own : all).map((row) => {
    const old = compared?.metrics.find(({ step, metric }) => metric === row.name && step === row.label)
      ?.values[0];
    return { ...row, old, change: relativeChange(number(old), number(row.value)) };
  });
  if (rows.length === 0) return null;
  // Those that say something besides their value come first.
  const saying = ({ change = 0, curve }: typeof rows[number]) => change === 0 && curve === undefined ? 1 : 0;
  const shown = rows.toSorted((one, other) => saying(one) - saying(other)).slice(0, MOST.metrics);
  return (
    <ul class="tiles">
      {shown.map(({ name, value, label, curve, old, change }, at) => {
        return (
          <li key={at} title={old == null ? undefined : `${metricText(old)} in the run before`}>
            <span class="dim">{name}</span>
            <strong>{metricText(value)}</strong>
            {change !== undefined && <span>{percentText(change)}</span>}
            <Spark {...curve && { curve }} />
            <span class="dim">{label}</span>
          </li>
        );
      })}
    </ul>
  );
}

function Slowest({ run: { steps, compared }, now, select }: {
  readonly run: RunView;
  readonly now: number;
  readonly select: (step: string) => void;
}) {
  const slow = steps.map((step) => ({ ...step, ran: ranFor(step, now) ?? 0 })).filter(({ ran }) => ran > 0)
    .toSorted((one, other) => other.ran - one.ran).slice(0, MOST.steps);
  const before = new Map(compared?.steps.map(({ node, durationsMs }) => [node, durationsMs[0]]));
  if (slow.length === 0) return null;
  return (
    <section>
      <h2>Slowest steps</h2>
      <ul class="facts slow">
        {slow.map(({ key, label, ran }) => (
          <li key={key}>
            <button type="button" class="link" onClick={() => select(key)}>{label}</button>
            <span>
              {tookText(ran)}{" "}
              <span class="dim">{percentText(relativeChange(before.get(label) ?? undefined, ran))}</span>
            </span>
            <span class="share" style={{ width: `${100 * ran / slow[0]!.ran}%` }} aria-hidden="true" />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The largest datasets that steps wrote on this machine. */
function Datasets({ run: { steps, compared } }: { readonly run: RunView }) {
  const before = new Map(
    compared?.datasets?.map(({ step, dataset, bytes }) => [`${step} ${dataset}`, bytes[0]]),
  );
  const written = steps.flatMap(({ label, sizes = {}, outputs }) =>
    Object.entries(sizes).map(([port, bytes]) => ({
      name: outputs.find((output) => (output.port ?? output.name) === port)?.name ?? port,
      bytes,
      label,
      old: before.get(`${label} ${port}`),
    }))
  ).toSorted((one, other) => other.bytes - one.bytes).slice(0, MOST.datasets);
  if (written.length === 0) return null;
  return (
    <section>
      <h2>Largest datasets written</h2>
      <ul class="facts">
        {written.map(({ name, bytes, label, old }, at) => (
          <li key={at} title={`by ${label}`}>
            <strong>{name}</strong> {sizeText(bytes)}{" "}
            <span class="dim">{percentText(relativeChange(old ?? undefined, bytes))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
