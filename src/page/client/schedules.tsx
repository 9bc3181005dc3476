/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { SchedulesView } from "../view.ts";
import { timeText } from "../logic/format.ts";
import { Sections, Table } from "../widgets/widgets.tsx";

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
        {schedules.length === 0 ? <p class="empty big">The workspace has no schedules.</p> : (
          <Table
            label="Schedules"
            kind="jobs"
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
                    : <time dateTime={new Date(nextAt).toISOString()}>{timeText(nextAt)}</time>}
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
