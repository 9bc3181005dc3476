/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { PageData } from "../view.ts";
import { timeText } from "../logic/format.ts";
import { Jobs } from "./jobs.tsx";
import { Project } from "./project.tsx";
import { Run } from "./run.tsx";

/** The whole page. */
export function Page({ data }: { readonly data: PageData }) {
  const { view, madeAt, program, isLive = false } = data;
  return (
    <div class="page">
      {view.kind === "run"
        ? <Run first={view} isLive={isLive} madeAt={madeAt} />
        : view.kind === "jobs"
        ? <Jobs first={view} isLive={isLive} program={program} />
        : <Project project={view} />}
      {!isLive && (
        <footer>
          Made by {program}, <time dateTime={new Date(madeAt).toISOString()}>{timeText(madeAt)}</time>
        </footer>
      )}
    </div>
  );
}
