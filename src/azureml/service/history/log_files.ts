import { compareText } from "../../../core/text/names.ts";

/**
 * The logs that the user's own code wrote, by Azure ML's naming; a step with several processes has one for each. They may
 * be in a folder of an attempt: no recording has a step that was started again.
 */
export function userLogs(files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const entries = sorted(files);
  const logs = entries.filter(([name]) => /(^|\/)user_logs\/std_log[^/]*\.txt$/.test(name));
  return logs.length > 0
    ? logs
    : entries.filter(([name]) => /(^|\/)azureml-logs\/\d\d[^/]+\.txt$/.test(name));
}

/** {@linkcode userLogs}, or all logs: a step that failed before its code started has only system logs. */
export function logsToShow(files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const own = userLogs(files);
  return own.length > 0 ? own : sorted(files);
}

function sorted(files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(files).sort(([a], [b]) => compareText(a, b));
}
