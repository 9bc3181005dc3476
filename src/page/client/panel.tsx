import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ranFor, Status, StatusIcon, statusText, toneOf, tookText } from "../widgets/status_text.tsx";
import type { NodeState } from "../../core/runs.ts";
import type { PortView, StepView } from "../view.ts";
import { Logs } from "../widgets/log.tsx";
import { Tracked } from "./metrics.tsx";
import { Copyable, CopyButton, FailureBox, Pairs, pretty, Time } from "../widgets/widgets.tsx";
import { sizeText } from "../../core/format.ts";
import type { Go, PagePlace } from "./place.ts";

interface PanelProps {
  readonly step: StepView;
  readonly steps: readonly StepView[];
  readonly isRun: boolean;
  readonly isLive: boolean;
  readonly now: number;
  /** Incremented when the user opens the panel, which then gets the focus. */
  readonly timesOpened: number;
  readonly place: PagePlace;
  readonly go: Go;
  readonly select: (key: string) => void;
  readonly close: () => void;
}

export function Panel(props: PanelProps) {
  const { step, steps, isRun, isLive, now, timesOpened, place, go, select, close } = props;
  const [grown, setGrown] = useState<readonly NodeState[]>([]);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (timesOpened > 0) title.current?.focus({ preventScroll: true });
  }, [timesOpened]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
  };
  const labels = new Map(steps.map(({ key, label }) => [key, label]));
  const ran = ranFor(step, now);
  return (
    <aside class="panel" aria-label={`${isRun ? "Step" : "Node"} ${step.label}`} onKeyDown={onKeyDown}>
      <header>
        <div>
          <h2 ref={title} tabIndex={-1}>{step.label}</h2>
          {isRun && (
            <p class="meta dim">
              <Status status={step.status} />
              {ran === undefined ? null : <span>{tookText(ran)}</span>}
              {step.compute === undefined ? null : <span>{step.compute}</span>}
            </p>
          )}
        </div>
        <button
          type="button"
          class="quiet close"
          aria-label="Close the panel"
          title="Close (Esc)"
          onClick={close}
        >
          ×
        </button>
      </header>
      <div class="body" tabIndex={0} role="region" aria-label={`Details of ${step.label}`}>
        {step.failure && <FailureBox failure={step.failure} title="Why it failed" />}
        {isRun && (
          <Section title="Logs">
            <Logs {...{ step, isLive, place, go }} onNodes={setGrown} />
          </Section>
        )}
        {step.tracked && step.tracked.length > 0 && (
          <Section title="Results">
            <Tracked tracked={step.tracked} />
          </Section>
        )}
        {step.nodes && step.nodes.length > 1 && (
          <Section title={`Nodes (${step.nodes.length})`}>
            <Nodes step={step} runs={grown.length > 0 ? grown : step.nodeRuns ?? []} />
          </Section>
        )}
        {(["inputs", "outputs"] as const).map((kind) =>
          step[kind].length > 0 && (
            <Section key={kind} title={kind === "inputs" ? "Inputs" : "Outputs"}>
              <Ports
                ports={step[kind]}
                places={kind === "outputs" ? step.places : undefined}
                labels={labels}
                select={select}
              />
            </Section>
          )
        )}
        {step.source && (
          <Section title="Source">
            <Copyable text={step.source} />
            {step.code && <Code name="code" text={step.code} />}
          </Section>
        )}
        {step.command && (
          <Section title="Command">
            <Code name="command" text={step.command} shown={step.command.replace(AFTER_COMMAND, "")} />
          </Section>
        )}
        <Section title="Details">
          <Pairs pairs={[...detailsOf(step), ...step.facts]} />
        </Section>
        {step.variables.length > 0 && (
          <Section title="Environment variables">
            <Pairs pairs={step.variables} />
          </Section>
        )}
      </div>
    </aside>
  );
}

/** What the shell does after the command of a step, to say how it ended. */
const AFTER_COMMAND = /; rc=\$\?;.*$/s;

function Code({ name, text, shown = text }: {
  readonly name: string;
  readonly text: string;
  readonly shown?: string;
}) {
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={`The ${name}`}>{shown}</pre>
      <CopyButton text={text} label={`Copy the ${name}`} />
    </div>
  );
}

function detailsOf({ key, label, run, reusedFrom, startedAt, endedAt, tags, usage }: StepView) {
  const copied = (text: string | undefined) => text && <Copyable text={text} />;
  const time = (ms: number | undefined) => ms && <Time ms={ms} />;
  const details: readonly (readonly [name: string, value: ComponentChildren])[] = [
    ["Key", key === label ? undefined : key],
    ["Run", copied(run)],
    ["Reuses results of", copied(reusedFrom)],
    ["Started", time(startedAt)],
    ["Ended", time(endedAt)],
    ["Tags", tags?.join(", ")],
    ["Peak memory", usage && `${sizeText(usage.peakBytes)} (largest process)`],
    ["Processor time", usage && tookText(usage.cpuMs)],
  ];
  return details.filter(([, value]) => value);
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** Lists the nodes of a step that runs several, in order; nodes that are not in its log have not started. */
function Nodes({ step: { nodes = [] }, runs }: {
  readonly step: StepView;
  readonly runs: readonly NodeState[];
}) {
  const states = new Map(runs.map((run) => [run.name, run]));
  return (
    <ol class="nodes">
      {nodes.map((name) => {
        const { status, durationMs } = states.get(name) ?? {};
        return (
          <li key={name}>
            <StatusIcon tone={toneOf(status)} />
            <code>{name}</code>
            <span class="sr-only">{statusText(status)}</span>
            {durationMs === undefined ? null : <span class="dim">{tookText(durationMs)}</span>}
          </li>
        );
      })}
    </ol>
  );
}

function Ports({ ports, places = {}, labels, select }: {
  readonly ports: readonly PortView[];
  readonly places?: Readonly<Record<string, string>> | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly select: (key: string) => void;
}) {
  return (
    <ul class="ports">
      {ports.map(({ name, port = name, type, value, from }) => (
        <li key={port}>
          <span class="port">
            <code title={port === name ? undefined : `${port} in Azure ML`}>{name}</code>
            {type === undefined ? null : <span>{type}</span>}
          </span>
          {from !== undefined && (
            <span class="value">
              from{" "}
              <button type="button" class="link" onClick={() => select(from)}>
                {labels.get(from) ?? from}
              </button>
            </span>
          )}
          {from === undefined && value !== undefined && <span class="value">{pretty(value)}</span>}
          {Object.hasOwn(places, port) && (
            <span class="value">
              <Copyable text={places[port]!} most={60} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
