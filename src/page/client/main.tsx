/// <reference lib="dom" />
import { render } from "preact";
import type { PageData } from "../view.ts";
import { parseData } from "../widgets/polling.ts";
import { Time } from "../widgets/widgets.tsx";
import { ComparePage } from "./compare.tsx";
import { JobsPage, SchedulesPage } from "./lists.tsx";
import { ProjectPage } from "./project.tsx";
import { RunPage } from "./run_page.tsx";

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
          Made by {program}, <Time ms={madeAt} />
        </footer>
      )}
    </div>
  );
}

const element = globalThis.document?.getElementById("data");
if (element) {
  const root = document.getElementById("page")!;
  root.replaceChildren();
  const data = parseData<PageData>(element.textContent!);
  // That of a live page was written before its data were read.
  document.title = data.title;
  render(<WholePage data={data} />, root);
}
