/** @jsxImportSource preact */
/// <reference lib="dom" />
import { type GraphView, NODE } from "../view.ts";
import type { GraphItem } from "../logic/graph_model.ts";
import { cutMiddle } from "../../core/text/trim.ts";
import { counted, ranFor, statusText, toneOf, tookText } from "../logic/format.ts";
import { StatusIcon } from "./status.tsx";

/** Draws all steps with one status as a single shape, which is fast for any number of steps. */
export function Dots({ steps, graph, seen, chosen, matches }: {
  readonly steps: readonly GraphItem[];
  readonly graph: GraphView;
  readonly seen: readonly number[];
  readonly chosen: number | undefined;
  readonly matches: (step: GraphItem) => boolean;
}) {
  const paths = new Map<string, string>();
  for (const index of seen) {
    const [x, y] = graph.at[index]!;
    const step = steps[index]!;
    const tone = index === chosen ? "chosen" : `${toneOf(step.status)}${matches(step) ? "" : " dim"}`;
    paths.set(tone, `${paths.get(tone) ?? ""}M${x} ${y}h${NODE.width}v${NODE.height}h${-NODE.width}z`);
  }
  return <>{[...paths].map(([tone, path]) => <path key={tone} class={`dots ${tone}`} d={path} />)}</>;
}

export function Node({ index, step, count, at, isChosen, states, isText, isRun, now }: {
  readonly index: number;
  readonly step: GraphItem;
  readonly count: number;
  readonly at: readonly [number, number];
  readonly isChosen: boolean;
  /** Its classes. */
  readonly states: readonly (string | false)[];
  readonly isText: boolean;
  readonly isRun: boolean;
  readonly now: number;
}) {
  const details = detailsOf(step, isRun, now);
  const tone = isRun && step.kind !== "dataset" ? toneOf(step.status) : undefined;
  const names = [step.kind, tone ?? "plain", ...states, !isText && "bare"];
  return (
    <div
      id={`node-${index}`}
      class={`node ${names.filter(Boolean).join(" ")}`}
      style={{ left: `${at[0]}px`, top: `${at[1]}px` }}
      role="option"
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={index + 1}
      aria-label={isText ? undefined : `${step.label}, ${details}`}
      title={step.label}
    >
      {isText && (
        <>
          {tone ? <StatusIcon tone={tone} /> : <span class="bullet" aria-hidden="true" />}
          <span class="texts">
            <span class="name">{cutMiddle(step.label, LONGEST_NAME)}</span>
            <span class="details">{details}</span>
          </span>
        </>
      )}
    </div>
  );
}

/** Characters of a name that fit into a step. */
const LONGEST_NAME = 25;

/** The second line of a step, a folded namespace or a dataset. */
function detailsOf(step: GraphItem, isRun: boolean, now: number): string {
  if (step.kind === "dataset") return "Dataset";
  const ran = ranFor(step, now);
  return [
    step.kind === "group" ? counted(step.members.length, isRun ? "step" : "node") : undefined,
    isRun ? statusText(step.status) : undefined,
    ran === undefined || step.kind === "group" ? undefined : tookText(ran),
    step.nodes && step.nodes.length > 1 ? counted(step.nodes.length, "node") : undefined,
    isRun || step.kind === "group" ? undefined : `${step.inputs.length} in, ${step.outputs.length} out`,
  ].filter((part) => part !== undefined).join(" · ");
}
