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
