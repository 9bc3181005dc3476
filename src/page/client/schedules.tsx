/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { SchedulesView } from "../view.ts";
import { timeText } from "../logic/format.ts";
import { Sections } from "./sections.tsx";

/** Lists the schedules of a workspace. */
export function SchedulesPage({ view: { schedules, workspace } }: { readonly view: SchedulesView }) {
  return (
    <>
      <header class="top">
        <Sections chosen="/schedules" />
        <div class="headline">
          <h1>Schedules</h1>
        </div>
        <ul class="meta">
          <li class="dim">Schedules in workspace {workspace}; change them with kedro-azureml schedule</li>
        </ul>
      </header>
      <main class="list">
        {schedules.length === 0
          ? <p class="empty big">The workspace has no schedules.</p>
          : (
            <div class="table-frame" role="region" aria-label="Schedules" tabIndex={0}>
              <table class="jobs">
                <thead>
                  <tr>
                    <th scope="col">Schedule</th>
                    <th scope="col">Runs</th>
                    <th scope="col">Next</th>
                    <th scope="col" class="col-experiment">Experiment</th>
                  </tr>
                </thead>
                <tbody>
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
                          : <time dateTime={new Date(nextAt).toISOString()}>{timeText(nextAt)}</time>}
                      </td>
                      <td class="col-experiment">{experiment}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
      </main>
    </>
  );
}
