import { isFinal } from "../../core/runs.ts";
import type { JobRow, JobsView, SchedulesView } from "../view.ts";
import { useJobs } from "../widgets/polling.ts";
import { usePlace } from "./place.ts";
import { Live, Status, statusText, tookText } from "../widgets/status_text.tsx";
import { AllJobs, Announcer, CheckBox, SearchField, Table, Time } from "../widgets/widgets.tsx";

export function JobsPage({ first, isLive, program }: {
  readonly first: JobsView;
  readonly isLive: boolean;
  readonly program: string;
}) {
  const [place, go] = usePlace({});
  const { find = "", status = "", mine = "", more = "", runs = "" } = place;
  const wanted = { find, status, mine, more };
  const query = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ""));
  const { value: { jobs, workspace, isMore }, problem } = useJobs(first, isLive, query);
  const ticked = new Set(runs.split(" ").filter((href) => href !== ""));
  const tick = (href: string, is: boolean) => {
    const left = [...ticked].filter((other) => other !== href);
    go({ runs: [...left, ...is ? [href] : []].join(" ") || undefined });
  };
  const isFiltered = find + status + mine !== "";
  const newest = jobs[0];
  const now = Date.now();
  return (
    <>
      <header class="top">
        <div class="headline">
          <h1>Jobs</h1>
          {workspace !== undefined && <a href="/schedules">Schedules</a>}
          <Live problem={problem} />
        </div>
        <p class="dim">
          {workspace === undefined
            ? `A local imitation of Azure ML, served by ${program}`
            : `Newest jobs in workspace ${workspace}, read by ${program}`}
        </p>
      </header>
      {(jobs.length > 0 || isFiltered) && (
        <div class="filter" role="search">
          <SearchField
            hint="Find jobs"
            label="Filter jobs by name, experiment or person"
            value={find}
            set={(find) => go({ find: find || undefined })}
          />
          <select
            aria-label="Filter jobs by status"
            value={status}
            onChange={(event) => go({ status: event.currentTarget.value || undefined })}
          >
            <option value="">All statuses</option>
            {[...new Set([...STATUSES, ...status === "" ? [] : [status]])].sort().map((value) => (
              <option key={value} value={value}>{statusText(value)}</option>
            ))}
          </select>
          {(mine !== "" || jobs.some((job) => job.isMine !== undefined)) && (
            <CheckBox
              label="Mine"
              isOn={mine !== ""}
              set={(is) => go({ mine: is ? "1" : undefined })}
            />
          )}
          {isFiltered && (
            <span class="dim" role="status">
              {isMore ? `${jobs.length} or more` : `${jobs.length} found`}
            </span>
          )}
          {ticked.size > 0 && (
            ticked.size === 1
              ? <span class="dim">Tick another run to compare them</span>
              : <a class="button" href={compareUrl([...ticked], jobs)}>Compare {ticked.size} runs</a>
          )}
        </div>
      )}
      <main class="list">
        {jobs.length === 0
          ? (
            <div class="empty big">
              <p>{isFiltered ? `No job matches${isMore ? " so far" : ""}.` : "No jobs yet."}</p>
              {workspace === undefined && !isFiltered && (
                <p class="dim">
                  Run <code>kedro-azureml submit --emulator</code> in the project.
                </p>
              )}
            </div>
          )
          : (
            <Table
              label="Jobs"
              kind={jobs.every(({ steps }) => steps === undefined) ? "jobs short" : "jobs"}
              heads={HEADS}
            >
              {jobs.map((job) => (
                <Row key={job.href} {...{ job, now, tick }} isTicked={ticked.has(job.href)} />
              ))}
            </Table>
          )}
        {isMore && (
          <p class="more">
            <button
              type="button"
              class="button"
              onClick={() => go({ more: String(Number(more) + 1) })}
            >
              {isFiltered ? "Search older jobs" : "Show older jobs"}
            </button>
          </p>
        )}
      </main>
      <Announcer
        text={newest ? `Job ${newest.displayName ?? newest.name}: ${statusText(newest.status)}` : ""}
      />
    </>
  );
}

const HEADS = [
  [<span key="compare" class="sr-only">Compare</span>, "col-tick"],
  ["Job"],
  ["Status"],
  ["Steps", "col-steps"],
  ["Experiment", "col-experiment"],
  ["Duration", "col-took"],
  ["Submitted", "col-started"],
] as const;

/** Azure's statuses that most jobs have. */
const STATUSES = ["Completed", "Failed", "Running", "Canceled", "Queued", "Preparing", "NotStarted"];

/** The page that compares runs, the oldest first, as far as they are listed. */
function compareUrl(hrefs: readonly string[], jobs: readonly JobRow[]): string {
  const age = (href: string) => jobs.find((job) => job.href === href)?.createdAt ?? 0;
  const runs = hrefs.toSorted((one, other) => age(one) - age(other))
    .map((href) => ["run", href.slice(href.lastIndexOf("/runs/") + "/runs/".length)]);
  return `/compare?${new URLSearchParams(runs)}`;
}

/** The id of an application, which says nothing. */
const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

function Row({ job, now, isTicked, tick }: {
  readonly job: JobRow;
  readonly now: number;
  readonly isTicked: boolean;
  readonly tick: (href: string, is: boolean) => void;
}) {
  const { name, displayName, status, href, createdAt, createdBy, endedAt, steps, failed } = job;
  const title = job.job ?? displayName ?? name;
  return (
    <tr class={isTicked ? "chosen" : undefined}>
      <td class="col-tick">
        <input
          type="checkbox"
          aria-label={`Compare ${title} (${name})`}
          checked={isTicked}
          onChange={(event) => tick(href, event.currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <a href={href}>{title}</a>
        <span class="under">
          <code>{name}</code>
          {displayName === undefined || displayName === title ? null : ` ${displayName}`}
          {createdBy === undefined || GUID.test(createdBy) ? null : ` ${createdBy}`}
        </span>
      </th>
      <td>
        <Status status={status} />
      </td>
      <td class="col-steps">
        {steps === undefined ? "–" : `${job.completed ?? 0} of ${steps}`}
        {failed !== undefined && failed > 0 ? <span class="status failed">, {failed} failed</span> : null}
      </td>
      <td class="col-experiment">{job.experiment}</td>
      <td class="col-took">
        {endedAt === undefined && isFinal(status) ? "–" : tookText((endedAt ?? now) - createdAt)}
      </td>
      <td class="col-started">
        <Time ms={createdAt} />
      </td>
    </tr>
  );
}

export function SchedulesPage({ view: { schedules, workspace } }: { readonly view: SchedulesView }) {
  return (
    <>
      <header class="top">
        <AllJobs />
        <h1>Schedules</h1>
        <p class="dim">Schedules in workspace {workspace}; change them with kedro-azureml schedule</p>
      </header>
      <main class="list">
        {schedules.length === 0 ? <p class="empty big">The workspace has no schedules.</p> : (
          <Table
            label="Schedules"
            kind="plain"
            heads={[["Schedule"], ["Runs"], ["Next"], ["Experiment", "col-experiment"]]}
          >
            {schedules.map(({ name, displayName, experiment, when, isEnabled, nextAt }) => (
              <tr key={name}>
                <th scope="row">
                  {displayName ?? name}
                  <span class="under">
                    <code>{name}</code>
                  </span>
                </th>
                <td>{when}</td>
                <td>
                  {!isEnabled
                    ? <span class="dim">Paused</span>
                    : nextAt === undefined
                    ? "–"
                    : <Time ms={nextAt} />}
                </td>
                <td class="col-experiment">{experiment}</td>
              </tr>
            ))}
          </Table>
        )}
      </main>
    </>
  );
}
