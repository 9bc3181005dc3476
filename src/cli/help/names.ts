/** Help topics that are not commands; listed here so that declaring `help` loads none. */
export const TOPIC_NAMES: readonly string[] = [
  "exit-codes",
  "environment",
  "credentials",
  "azureml.yml",
  "man",
];

/** Pages of the documentation that `help` prints; listed here so that declaring `help` loads none. */
export const PAGE_NAMES: readonly string[] = [
  "first-run",
  "install",
  "authentication",
  "configuration",
  "ci",
  "rehearsal",
  "report",
  "recipes",
  "json",
  "errors",
  "troubleshooting",
  "sandbox",
  "migrate",
  "differences",
  "benchmarks",
];

/** Pages named on one line of at most 80 columns. */
const PAGES_A_LINE = 7;

/** The last lines of the program's help: where to read more. */
export function linkLines(): string[] {
  return [
    "Learn more:",
    "  kedro-azureml help TOPIC",
    `    ${TOPIC_NAMES.join(", ")}`,
    "  kedro-azureml help PAGE",
    `    ${pageRows().join(",\n    ")}`,
  ];
}

function pageRows(): string[] {
  const count = Math.ceil(PAGE_NAMES.length / PAGES_A_LINE);
  return Array.from(
    { length: count },
    (_, row) => PAGE_NAMES.slice(row * PAGES_A_LINE, (row + 1) * PAGES_A_LINE).join(", "),
  );
}
