import { SCHEMA_FILE } from "./templates.ts";

/** What VS Code finds in the output of a task; see https://code.visualstudio.com/docs/editor/tasks. */
interface ProblemMatcher {
  readonly owner: string;
  readonly severity: "error" | "warning" | "info";
  readonly fileLocation: readonly string[];
  readonly pattern: readonly Readonly<Record<string, string | number>>[];
}

const PLACE = { file: 1, line: 2, column: 3, message: 4 };

function matcher(
  severity: ProblemMatcher["severity"],
  ...pattern: ProblemMatcher["pattern"]
): ProblemMatcher {
  const fileLocation = ["relative", "${workspaceFolder}"];
  return { owner: "kedro-azureml", severity, fileLocation, pattern };
}

/** The matchers for findings of `validate`, for lists of problems, and for errors with their place on the next line. */
export const PROBLEM_MATCHERS: readonly ProblemMatcher[] = [
  matcher("error", { regexp: "^✗ ([^:]+):(\\d+):(\\d+): (.+)$", ...PLACE }),
  matcher("warning", { regexp: "^! ([^:]+):(\\d+):(\\d+): (.+)$", ...PLACE }),
  matcher("info", { regexp: "^· ([^:]+):(\\d+):(\\d+): (.+)$", ...PLACE }),
  matcher("error", { regexp: "^ {2}([^: ][^:]*):(\\d+):(\\d+) (.+)$", ...PLACE }),
  matcher(
    "error",
    { regexp: "^error: (.+)$", message: 1 },
    { regexp: "^ {2}at ([^:]+):(\\d+):(\\d+)", file: 1, line: 2, column: 3 },
  ),
  // A message that fills more than one line of the terminal.
  matcher("error", { regexp: "^ {2}at ([^:]+):(\\d+):(\\d+)", file: 1, line: 2, column: 3, message: 0 }),
];

/** The files that VS Code reads, by path relative to the project. */
export function vscodeFiles(conf: string): Readonly<Record<string, string>> {
  const task = (args: string, more: Readonly<Record<string, unknown>> = {}) => ({
    label: `kedro-azureml ${args}`,
    type: "process",
    command: "kedro-azureml",
    args: args.split(" "),
    options: { cwd: "${workspaceFolder}", env: { NO_COLOR: "1" } },
    problemMatcher: PROBLEM_MATCHERS,
    ...more,
  });
  const tasks = [
    task("validate", { group: { kind: "test", isDefault: true } }),
    task("rehearse main", { group: "test" }),
    task("submit main --wait"),
  ];
  const schemas = { [`./${SCHEMA_FILE}`]: [`${conf}/*/azureml.yml`] };
  return {
    ".vscode/tasks.json": json({ version: "2.0.0", tasks }),
    ".vscode/settings.json": json({ "yaml.schemas": schemas }),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
