/** A command line that the executable must get right. */
export interface Line {
  /** Without the program's name and `-C`; `FILES` is a folder to write to. */
  readonly line: string;
  /** What it prints, on either stream. */
  readonly prints: RegExp;
  /** Its exit status; 0 if absent. */
  readonly exit?: number;
}

/** Job and schedules that the lines below use, besides those of the example: at the ends of the configuration. */
export const CONFIGURATION = `
  zoned:
    pipeline:
      pipeline_name: preparation
    experiment_name: bikes
    schedule:
      cron:
        expression: "30 2 * * *"
        time_zone: Europe/Berlin
  windows-zone:
    pipeline:
      pipeline_name: preparation
    experiment_name: bikes
    schedule:
      recurrence:
        frequency: week
        interval: 1
        time_zone: Pacific Standard Time
        schedule:
          hours: [3]
          minutes: [0]
          week_days: [monday]
`;

/**
 * Lines for each command, in the order in which they run beside one emulator. A test compares them with the commands
 * that the program declares, so that none is left out.
 */
export const LINES: readonly Line[] = [
  { line: "init", prints: /azureml\.yml/ },
  { line: "inspect", prints: /training/ },
  { line: "files", prints: /src\/bikes\/pipelines\/training\.py/ },
  { line: "validate --all --online", prints: /job/ },
  { line: "compile main -o -", prints: /^type: pipeline$/m },
  { line: "compile main -o - --format mermaid", prints: /^flowchart|^graph/m },
  { line: "config show --origin", prints: /azureml\.yml:\d+/ },
  { line: "config schema", prints: /"\$schema"/ },
  { line: "list-patterns", prints: /./ },
  { line: "resolve-patterns --json", prints: /"windows-zone"/ },
  { line: "submit main --dry-run", prints: /main/ },
  { line: "submit main --name smoke-1 --wait", prints: /Completed/ },
  { line: "run -j preparation --name smoke-2", prints: /smoke-2/ },
  { line: "job cancel smoke-2", prints: /smoke-2/ },
  { line: "rerun smoke-1 --name smoke-3", prints: /smoke-3/ },
  { line: "diff main --against smoke-1", prints: /smoke-1/ },
  { line: "pack main -o FILES/main.kap", prints: /main\.kap/ },
  { line: "submit --package FILES/main.kap --dry-run", prints: /main/ },
  { line: "job list", prints: /smoke-1/ },
  { line: "job show smoke-1", prints: /Completed/ },
  { line: "job follow smoke-1", prints: /Completed/ },
  { line: "job logs smoke-1", prints: /./ },
  { line: "job open smoke-1", prints: /https:/ },
  { line: "job download smoke-1 -o FILES/downloaded", prints: /downloaded/ },
  { line: "schedule nightly zoned windows-zone", prints: /windows-zone/ },
  { line: "schedule list", prints: /zoned/ },
  { line: "schedule show zoned", prints: /Berlin|W\. Europe/ },
  { line: "schedule show windows-zone --json", prints: /Pacific Standard Time/ },
  { line: "schedule pause zoned", prints: /zoned/ },
  { line: "schedule resume zoned", prints: /zoned/ },
  { line: "schedule trigger zoned", prints: /zoned/ },
  { line: "schedule runs zoned", prints: /zoned/ },
  { line: "schedule delete zoned", prints: /zoned/ },
  { line: "auth login --no-store", prints: /./ },
  { line: "auth status", prints: /environment/ },
  { line: "auth logout", prints: /./ },
  { line: "doctor", prints: /./ },
  { line: "completion bash", prints: /complete/ },
  { line: "emulator --fail nothing", prints: /./ },
  { line: "help exit-codes", prints: /\b70\b/ },
  { line: "help man", prints: /kedro-azureml/ },
];
