import { sizeText } from "../../core/format.ts";
import { durationChange, percentText, relativeChange } from "../../core/change.ts";
import { isAutomaticMetric } from "../../core/runs.ts";
import type { ComparedData, RunView } from "../view.ts";
import { breakable } from "../widgets/graph.tsx";
import { ranFor, statusText, tookText } from "../widgets/status_text.tsx";
import { Pairs } from "../widgets/widgets.tsx";
import { Figures, Files, isImage } from "./artifacts.tsx";
import { otherFiles } from "./compare.tsx";
import { Change, type Logged, metricRows, metricText, Spark } from "./metrics.tsx";
import type { Go } from "./place.ts";

const MOST = { metrics: 8, figures: 8, texts: 6, steps: 6, changes: 8, datasets: 8 } as const;

/** Shows what came out of a run: metrics, figures, and how it differs from the run before. */
export function Overview({ run, logged, now, go }: {
  readonly run: RunView;
  readonly logged: readonly Logged[];
  readonly now: number;
  readonly go: Go;
}) {
  const { compared, tags, description } = run;
  const outputs = run.outputs.filter(({ value }) => value !== undefined);
  // The results of later steps matter more.
  const latest = logged.toReversed();
  const files = latest.flatMap(({ files = [], label }) => files.map((file) => ({ ...file, label })));
  const texts = files.filter(({ text }) => text !== undefined);
  return (
    <div class="overview">
      {description && <p>{description}</p>}
      <Tiles run={run} logged={latest} />
      <div class="columns">
        <Figures files={files.filter(isImage).slice(0, MOST.figures)} />
        <Slowest run={run} now={now} select={(step) => go({ step, tab: "steps" })} />
        <Changed compared={compared} go={go} />
        <Datasets run={run} />
        {outputs.length + tags.length > 0 && (
          <section>
            <h2>{outputs.length > 0 ? "Outputs and tags" : "Tags"}</h2>
            <Pairs
              pairs={[
                ...outputs.map(({ name, value }) => [name, value] as const),
                ...tags,
              ]}
            />
          </section>
        )}
      </div>
      {texts.length > 0 && (
        <section>
          <h2>Files</h2>
          <Files files={texts.slice(0, MOST.texts)} areOpen />
        </section>
      )}
    </div>
  );
}

/** What is different from the run that this one is compared with. */
export function Changed({ compared, go }: { readonly compared: ComparedData | undefined; readonly go: Go }) {
  if (compared === undefined) return null;
  const { configuration = [], changes } = compared;
  const all = [
    ...configuration.map(({ file, key, values }) => ({ what: key, where: file, values })),
    ...otherFiles(compared).map((file) => ({ what: file, where: "", values: [] })),
    ...changes.filter(({ aspect }) => aspect !== "code").map(({ aspect, name, values }) => ({
      what: [aspect, name].filter((part) => part !== undefined).join(" "),
      where: "",
      values,
    })),
  ];
  const [{ name, status }] = compared.runs as [ComparedData["runs"][number]];
  return (
    <section class="changed">
      <h2>
        {all.length === 0 ? "Nothing changed" : "Changed"} since {name}
        {status === "Completed" ? "" : `, ${statusText(status).toLowerCase()}`}
      </h2>
      <ul class="facts">
        {all.slice(0, MOST.changes).map(({ what, where, values }, at) => (
          <li key={at} title={where}>
            <strong>{what}</strong> {values.length > 0 && (
              <span>
                <del>{values[0] ?? "–"}</del> → <ins>{values[1] ?? "–"}</ins>
              </span>
            )}
          </li>
        ))}
      </ul>
      <button type="button" class="link" onClick={() => go({ tab: "changes" })}>All changes</button>
    </section>
  );
}

/** The metrics that say most, with their change since the run that this one is compared with. */
function Tiles(
  { run: { name: job, compared }, logged }: { readonly run: RunView; readonly logged: readonly Logged[] },
) {
  const all = metricRows(logged).filter(({ name }) => !isAutomaticMetric(name));
  const own = all.filter(({ label }) => !label.includes(" > "));
  const rows = (own.length > 0 ? own : all).map((row) => {
    const old = compared?.metrics.find(({ step = job, metric }) => metric === row.name && step === row.label)
      ?.values[0];
    return { ...row, old, change: relativeChange(old, row.value) };
  });
  if (rows.length === 0) return null;
  // Those that say something besides their value come first.
  const saying = ({ change = 0, curve }: typeof rows[number]) => change === 0 && curve === undefined ? 1 : 0;
  const shown = rows.toSorted((one, other) => saying(one) - saying(other)).slice(0, MOST.metrics);
  return (
    <ul class="tiles">
      {shown.map(({ name, value, label, curve, old, change }, at) => (
        <li key={at} title={`${value}${old == null ? "" : `, before ${old}`}`}>
          <p class="dim">{breakable(name)}</p>
          <strong>{metricText(value)}</strong> <Change name={name} change={change} />
          <Spark {...curve && { curve }} />
          <p class="dim">{label}</p>
        </li>
      ))}
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
      <ul class="facts">
        {slow.map(({ key, label, ran }) => (
          <li key={key}>
            <button type="button" class="link" onClick={() => select(key)}>{label}</button>{" "}
            <span class="number">{tookText(ran)}</span>{" "}
            <span class="dim number">
              {percentText(durationChange(before.get(label), ran))}
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
    Object.entries(sizes).map(([port, bytes]) => {
      const name = outputs.find((output) => (output.port ?? output.name) === port)?.name ?? port;
      return { name, bytes, label, old: before.get(`${label} ${name}`) };
    })
  ).toSorted((one, other) => other.bytes - one.bytes).slice(0, MOST.datasets);
  if (written.length === 0) return null;
  return (
    <section>
      <h2>Largest datasets written</h2>
      <ul class="facts">
        {written.map(({ name, bytes, label, old }, at) => (
          <li key={at} title={`by ${label}`}>
            <strong>{name}</strong> <span class="number">{sizeText(bytes)}</span>{" "}
            <span class="dim number">{percentText(relativeChange(old, bytes))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
