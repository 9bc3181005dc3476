/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { PageData } from "../view.ts";
import { timeText } from "../logic/format.ts";
import { JobsPage } from "./jobs.tsx";
import { ProjectPage } from "./project.tsx";
import { RunPage } from "./run.tsx";

/** The whole page. */
export function WholePage({ data }: { readonly data: PageData }) {
  const { view, madeAt, program, isLive = false } = data;
  return (
    <div class="page">
      {view.kind === "run"
        ? <RunPage first={view} isLive={isLive} madeAt={madeAt} />
        : view.kind === "jobs"
        ? <JobsPage first={view} isLive={isLive} program={program} />
        : <ProjectPage project={view} />}
      {!isLive && (
        <footer>
          Made by {program}, <time dateTime={new Date(madeAt).toISOString()}>{timeText(madeAt)}</time>
        </footer>
      )}
    </div>
  );
}
