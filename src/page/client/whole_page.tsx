/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { PageData } from "../view.ts";
import { timeText } from "../logic/format.ts";
import { ComparePage } from "./compare.tsx";
import { JobsPage } from "./jobs.tsx";
import { ProjectPage } from "./project.tsx";
import { RunPage } from "./run.tsx";
import { SchedulesPage } from "./schedules.tsx";

/** The whole page, for any subject. */
export function WholePage({ data }: { readonly data: PageData }) {
  const { view, madeAt, program, isLive = false } = data;
  return (
    <div class="page">
      {view.kind === "run"
        ? <RunPage first={view} isLive={isLive} madeAt={madeAt} />
        : view.kind === "jobs"
        ? <JobsPage first={view} isLive={isLive} program={program} />
        : view.kind === "schedules"
        ? <SchedulesPage view={view} />
        : view.kind === "compare"
        ? <ComparePage view={view} isLive={isLive} />
        : <ProjectPage project={view} />}
      {!isLive && (
        <footer>
          Made by {program}, <time dateTime={new Date(madeAt).toISOString()}>{timeText(madeAt)}</time>
        </footer>
      )}
    </div>
  );
}
