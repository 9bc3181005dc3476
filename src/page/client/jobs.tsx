/** @jsxImportSource preact */
/// <reference lib="dom" />
import { statusText, timeText, tookText } from "../logic/format.ts";
import type { JobRow, JobsView } from "../view.ts";
import { useJobs } from "../widgets/live.ts";
import { Announcer, Status } from "../widgets/widgets.tsx";

/** Lists the jobs of an emulator. */
export function JobsPage({ first, isLive, program }: {
  readonly first: JobsView;
  readonly isLive: boolean;
  readonly program: string;
}) {
  const { value: { jobs }, isStale } = useJobs(first, isLive);
  const newest = jobs[0];
  const now = Date.now();
  return (
    <>
      <header class="top">
        <div class="headline">
          <h1>Jobs</h1>
          <span class={isStale ? "live stale" : "live"}>{isStale ? "Lost contact" : "Live"}</span>
        </div>
        <ul class="meta">
          <li class="dim">A local imitation of Azure ML, served by {program}</li>
        </ul>
      </header>
      <main class="list">
        {jobs.length === 0
          ? (
            <div class="empty big">
              <p>No jobs yet.</p>
              <p class="dim">
                Set the variables that the emulator printed, then run <code>kedro-azureml submit</code>.
              </p>
            </div>
          )
          : (
            <div class="table-frame" role="region" aria-label="Jobs" tabIndex={0}>
              <table class="jobs">
                <thead>
                  <tr>
                    <th scope="col">Job</th>
                    <th scope="col">Status</th>
                    <th scope="col" class="col-steps">Steps</th>
                    <th scope="col" class="col-experiment">Experiment</th>
                    <th scope="col" class="col-took">Duration</th>
                    <th scope="col" class="col-started">Submitted</th>
                  </tr>
                </thead>
                <tbody>{jobs.map((job) => <Row key={job.href} job={job} now={now} />)}</tbody>
              </table>
            </div>
          )}
      </main>
      <Announcer
        text={newest === undefined
          ? ""
          : `Job ${newest.displayName ?? newest.name}: ${statusText(newest.status)}`}
      />
    </>
  );
}

function Row({ job, now }: { readonly job: JobRow; readonly now: number }) {
  const { name, displayName, status, experiment, href, createdAt, endedAt, steps, completed, failed } = job;
  return (
    <tr>
      <th scope="row">
        <a href={href}>{displayName ?? name}</a>
        <span class="under">
          <code>{name}</code>
        </span>
      </th>
      <td>
        <Status status={status} />
      </td>
      <td class="col-steps">
        {completed} of {steps}
        {failed > 0 ? <span class="failed">, {failed} failed</span> : null}
      </td>
      <td class="col-experiment">{experiment}</td>
      <td class="col-took">{tookText((endedAt ?? now) - createdAt)}</td>
      <td class="col-started">
        <time dateTime={new Date(createdAt).toISOString()}>{timeText(createdAt)}</time>
      </td>
    </tr>
  );
}
