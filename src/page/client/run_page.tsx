import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isFinal } from "../../core/runs.ts";
import type { RunView, StepView } from "../view.ts";
import { plainText, readableLines } from "../widgets/ansi.ts";
import { useRun } from "../widgets/polling.ts";
import { Live, Status, statusText, type Tone, toneOf, tookText } from "../widgets/status_text.tsx";
import { Steps } from "../widgets/steps.tsx";
import { AllJobs, Announcer, Copyable, FailureBox, Meta, Tabs, Time } from "../widgets/widgets.tsx";
import { Comparison } from "./compare.tsx";
import { Charts, loggedIn, metricRows, Metrics, Results } from "./metrics.tsx";
import { Changed, Overview } from "./overview.tsx";
import { usePlace } from "./place.ts";
import { WITH_STEPS, Workbench } from "./workbench.tsx";
import { countText } from "../../core/format.ts";
import { durationChange, percentText } from "../../core/change.ts";

export function RunPage({ first, isLive, madeAt }: {
  readonly first: RunView;
  readonly isLive: boolean;
  readonly madeAt: number;
}) {
  const { value: run, problem } = useRun(first, isLive);
  const now = useNow(isLive && !isFinal(run.status) && problem === undefined, madeAt);
  const isNarrow = innerWidth <= NARROW;
  const failed = run.steps.filter(({ status }) => toneOf(status) === "failed");
  const shown = first.selected ?? (isNarrow ? undefined : failed[0]?.key);
  const [place, go] = usePlace({
    tab: run.status === "Completed" ? "overview" : isNarrow ? "steps" : "graph",
    ...(shown !== undefined && { step: shown }),
  });
  const logged = useMemo(() => loggedIn(run), [run]);
  const [statusFilter, filterByStatus] = useState<Tone>();
  const announcement = useAnnouncement(run);
  const tab = place.tab ?? "graph";
  const title = run.job ?? run.displayName ?? run.name;
  const [before, after] = (run.compared?.runs ?? []).map(({ durationMs }) => durationMs);
  const change = run.status === "Completed" ? durationChange(before, after) : undefined;
  const tabs = [
    { id: "overview", label: "Overview" },
    { id: "graph", label: "Graph" },
    { id: "steps", label: "Steps", count: run.steps.length },
    ...(logged.length === 0 ? [] : [{ id: "results", label: "Results" }]),
    ...(run.compared === undefined ? [] : [{ id: "changes", label: "Changes" }]),
  ];
  return (
    <>
      <header class="top">
        {isLive && <AllJobs />}
        <div class="headline">
          <h1>{title}</h1>
          <Status status={run.status} />
          {isLive && !isFinal(run.status) && <Live problem={problem} />}
          {run.studioUrl?.startsWith("https://") && (
            <a class="button" href={run.studioUrl} rel="noreferrer">
              <span class="wide">Open in</span> studio
            </a>
          )}
        </div>
        <ul class="meta">
          <li>
            <Copyable text={run.name} />
          </li>
          {run.displayName !== undefined && run.displayName !== title && <li>{run.displayName}</li>}
          {run.experiment && <Meta name="experiment">{run.experiment}</Meta>}
          {run.workspace && <Meta name="workspace">{run.workspace}</Meta>}
          {run.createdAt !== undefined && (
            <Meta name="submitted">
              <Time ms={run.createdAt} />
            </Meta>
          )}
          {run.createdAt !== undefined && (
            <Meta name="duration">
              {`${tookText((run.endedAt ?? now) - run.createdAt)} ${percentText(change)}`.trimEnd()}
            </Meta>
          )}
          {!isLive && !isFinal(run.status) && (
            <Meta name="as of">
              <Time ms={madeAt} />
            </Meta>
          )}
        </ul>
        <Failures
          run={run}
          failed={failed}
          shown={WITH_STEPS.includes(tab) ? place.step : undefined}
          select={(step) => go({ step, tab: WITH_STEPS.includes(tab) ? tab : "steps" })}
        />
        <RunProgress steps={run.steps} chosen={statusFilter} choose={filterByStatus}>
          {failed.length > 0 && WITH_STEPS.includes(tab) && <Changed compared={run.compared} go={go} />}
        </RunProgress>
        {run.notices.map((notice) => <p key={notice} class="callout note">{notice}</p>)}
      </header>
      <Tabs tabs={tabs} chosen={tab} label="Views of the run" choose={(id) => go({ tab: id })} />
      <Workbench
        steps={run.steps}
        graph={run.graph}
        {...{ isLive, now, tab, place, go }}
        isRun
        tone={statusFilter}
        printed={(graph) => <Printed {...{ run, now, graph }} />}
        views={{
          steps: (props) => <Steps run={run} now={now} {...props} />,
          overview: () => <Overview {...{ run, logged, now, go }} />,
          results: () => <Results logged={logged} select={(step) => go({ step, tab: "steps" })} />,
          changes: () =>
            run.compared && (
              <div class="compare">
                <Comparison data={run.compared} heads={["Before", "This run"]} isLive={isLive} />
              </div>
            ),
        }}
      />
      <Announcer text={announcement} />
    </>
  );
}

/** Windows that are at most this wide show the list of steps first, in which there is more than in a graph. */
const NARROW = 720;

/** Why the run failed: the first failed step with its exception, and links to the others. */
function Failures({ run, failed, shown, select }: {
  readonly run: RunView;
  readonly failed: readonly StepView[];
  /** The step in the panel, which says more. */
  readonly shown: string | undefined;
  readonly select: (step: string) => void;
}) {
  const [first, ...rest] = failed;
  if (first?.failure === undefined) {
    return run.failure ? <FailureBox failure={run.failure} title="Why the job failed" /> : null;
  }
  const isShown = shown === first.key;
  if (isShown && rest.length === 0) return null;
  const actions = (
    <p class="actions">
      {!isShown && (
        <button type="button" class="chip" onClick={() => select(first.key)}>
          Show the step
        </button>
      )}
      {rest.slice(0, MOST_FAILED).map(({ key, label }) => (
        <button
          key={key}
          type="button"
          class="chip failed"
          onClick={() => select(key)}
        >
          <span class="swatch" aria-hidden="true" /> {label}
        </button>
      ))}
      {rest.length > MOST_FAILED
        ? <span class="dim">and {rest.length - MOST_FAILED} more failed</span>
        : null}
    </p>
  );
  if (isShown) return actions;
  return <FailureBox failure={first.failure} title={`Step ${first.label} failed`}>{actions}</FailureBox>;
}

const MOST_FAILED = 5;

/** The current time, updated each second while the page is live; otherwise when the page was made. */
function useNow(isGoing: boolean, madeAt: number): number {
  const [now, setNow] = useState(isGoing ? Date.now() : madeAt);
  useEffect(() => {
    if (!isGoing) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isGoing]);
  return now;
}

/** What changed, as text for screen readers: a few steps by name, more by number. */
function useAnnouncement(run: RunView): string {
  const before = useRef(run);
  const lastSaid = useRef("");
  if (before.current !== run) {
    const old = new Map(before.current.steps.map(({ key, status }) => [key, status]));
    const changed = run.steps.filter(({ key, status }) => old.get(key) !== status);
    const parts = changed.length > 3
      ? [`${countText(changed.length, "step")} changed`]
      : changed.map(({ label, status }) => `Step ${label}: ${statusText(status)}`);
    if (before.current.status !== run.status) parts.push(`Job: ${statusText(run.status)}`);
    if (parts.length > 0) lastSaid.current = parts.join(". ");
    before.current = run;
  }
  return lastSaid.current;
}

const PRINTED_LINES = 60;

/** What is on paper: why it failed, and then all views of the run, one after the other. */
function Printed({ run, now, graph }: {
  readonly run: RunView;
  readonly now: number;
  readonly graph: ComponentChildren;
}) {
  const logged = loggedIn(run);
  const rows = metricRows(logged);
  const failed = run.steps.filter(({ status }) => toneOf(status) === "failed");
  return (
    <>
      {failed.slice(0, MOST_FAILED).map(({ key, label, failure }) =>
        failure && <FailureBox key={key} failure={failure} title={`Step ${label} failed`} />
      )}
      {failed.length === 0 && <Overview {...{ run, logged, now }} go={() => {}} />}
      {graph}
      <h2>Steps</h2>
      <Steps run={run} steps={run.steps} now={now} select={() => {}} />
      <Charts rows={rows} />
      <Metrics rows={rows} select={() => {}} />
      {failed.map(({ key, label, logs = [] }) => (
        <div key={key}>
          <h2>Log of {label}</h2>
          <pre>
            {readableLines(logs[0]?.text ?? "").slice(-PRINTED_LINES).map(({ text }) => plainText(text)).join("\n")}
          </pre>
        </div>
      ))}
    </>
  );
}

const TONE_ORDER: readonly Tone[] = ["completed", "failed", "canceled", "running", "queued", "waiting"];

/** Shows the number of steps by status, unless all completed; each number is a filter. */
function RunProgress({ steps, chosen, choose, children }: {
  readonly steps: readonly StepView[];
  readonly chosen: Tone | undefined;
  readonly choose: (tone: Tone | undefined) => void;
  /** What is beside them. */
  readonly children: ComponentChildren;
}) {
  const groups = Map.groupBy(steps, ({ status }) => toneOf(status));
  if (steps.length === (groups.get("completed")?.length ?? 0)) return null;
  return (
    <div class="outcome">
      <div class="counts" role="group" aria-label="Filter steps by status">
        {TONE_ORDER.filter((tone) => groups.has(tone)).map((tone) => (
          <button
            key={tone}
            type="button"
            class={`chip ${tone}`}
            aria-pressed={chosen === tone}
            onClick={() => choose(chosen === tone ? undefined : tone)}
          >
            <span class="swatch" aria-hidden="true" /> {groups.get(tone)!.length.toLocaleString("en")}{" "}
            {[...new Set(groups.get(tone)!.map(({ status }) => statusText(status).toLowerCase()))].join(
              " or ",
            )}
          </button>
        ))}
      </div>
      {children}
    </div>
  );
}
