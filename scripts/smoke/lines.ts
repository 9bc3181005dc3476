/** A command line that the executable must get right. */
export interface Line {
  /** Without the program's name and `-C`; `FILES` is a folder to write to, `PROJECT` that of the project. */
  readonly line: string;
  /** What it prints, on either stream. */
  readonly prints: RegExp;
  /** Its exit status; 0 if absent. */
  readonly exit?: number;
  /** Part of brief runs: the others would show nothing more of the processor or of the kind of file. */
  readonly isBrief?: boolean;
}

/** Jobs that the lines below use besides those of the example: the end of its configuration. */
export const MORE_JOBS = `
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
 * that the program declares, so that none is left out: a new command needs a line here, or a check in `checks.ts`.
 */
export const LINES: readonly Line[] = [
  { line: "init", prints: /azureml\.yml/ },
  { line: "setup --dry-run --no-catalog", prints: /Workspace ws-bikes/ },
  { line: "data push extra PROJECT/pyproject.toml", prints: /as data asset extra:\d/ },
  { line: "environment push", prints: /(Registered|already the same)/ },
  { line: "inspect", prints: /training/, isBrief: true },
  { line: "inspect --html -o FILES/pipelines.html", prints: /pipelines\.html/ },
  { line: "migrate", prints: /is not of getindata's kedro-azureml/, exit: 3 },
  { line: "files", prints: /src\/bikes\/pipelines\/training\.py/ },
  { line: "validate --all --online", prints: /Environment bikes-env:1/ },
  { line: "compile main -o -", prints: /^type: pipeline$/m, isBrief: true },
  { line: "compile main -o - --format mermaid", prints: /^flowchart/m },
  { line: "compile main -o - --group-by chain", prints: /^type: pipeline$/m },
  { line: "config show --origin", prints: /azureml\.yml:\d+/ },
  { line: "config schema", prints: /"\$schema"/ },
  { line: "list-patterns", prints: /no job factories/ },
  { line: "resolve-patterns --json", prints: /"windows-zone"/ },
  { line: "config jobs --json", prints: /"windows-zone"/ },
  {
    line: "rehearse preparation --data bikes-ride=README.md",
    prints: /nothing at|steps on Windows/,
    exit: 2,
  },
  { line: "submit main --dry-run", prints: /9 steps/ },
  {
    line: "submit -p preparation --from-nodes clean_rides --dry-run",
    prints: /would run pipeline preparation/,
  },
  { line: "compile -p training --tags memory -o -", prints: /--node=small\.fit/ },
  { line: "validate --pipelines preparation --to-nodes count_by_hour", prints: /0 errors/ },
  { line: "compile main --namespaces small --to-outputs small.model -o -", prints: /--node=small\.fit/ },
  { line: "submit main --nodes fitt --dry-run", prints: /Node "fitt" not found/, exit: 3 },
  { line: "submit main --name smoke-1 --wait", prints: /Completed/, isBrief: true },
  { line: "run -j preparation --name smoke-2", prints: /Submitted job preparation as smoke-2/ },
  { line: "job cancel smoke-2", prints: /cancellation requested|has already ended/ },
  { line: "rerun smoke-1 --name smoke-3", prints: /as smoke-3: 9 steps/ },
  { line: "diff main --against smoke-1", prints: /since run smoke-1 \(Completed\)/ },
  { line: "pack main -o FILES/main.kap", prints: /Packed 1 job/, isBrief: true },
  { line: "submit --package FILES/main.kap --name smoke-4 --wait", prints: /Completed/, isBrief: true },
  { line: "job list", prints: /^smoke-1 +main +Completed/m },
  { line: "job show smoke-1", prints: /Completed/ },
  { line: "job follow smoke-1", prints: /Completed after/, isBrief: true },
  { line: "job logs smoke-1", prints: /Running node: clean_rides/ },
  { line: "job compare smoke-1 smoke-3", prints: /METRIC|STEP/ },
  { line: "job compare smoke-1 smoke-3 --html FILES/compare.html", prints: /wrote .*compare\.html/ },
  { line: "job metrics smoke-1", prints: /no metrics/ },
  { line: "job open smoke-1", prints: /https?:.*smoke-1/ },
  { line: "job report smoke-1 -o FILES/report.html", prints: /wrote .*report\.html/ },
  { line: "job download smoke-1 -o FILES/downloaded", prints: /downloaded \d+ files/ },
  { line: "schedule nightly zoned windows-zone", prints: /zoned runs job zoned.*02:30 (CES?T|GMT\+[12])/ },
  { line: "schedule list", prints: /windows-zone .*03:00 (P[SD]T|GMT-[78])/ },
  { line: "schedule show zoned", prints: /02:30 (CES?T|GMT\+[12])/ },
  { line: "schedule show windows-zone --json", prints: /Pacific Standard Time/ },
  { line: "schedule pause zoned", prints: /zoned is paused/ },
  { line: "schedule resume zoned", prints: /zoned is enabled; next .*02:30 (CES?T|GMT\+[12])/ },
  { line: "schedule trigger zoned", prints: /zoned started job zoned-/ },
  { line: "schedule runs zoned", prints: /^zoned-/m },
  { line: "schedule delete zoned", prints: /Deleted schedule zoned/ },
  { line: "auth status", prints: /environment +used/, isBrief: true },
  { line: "auth logout", prints: /nothing to remove/ },
  { line: "doctor", prints: /✓ Workspace/, isBrief: true },
  { line: "completion bash", prints: /^complete /m },
  { line: "completion zsh", prints: /^#compdef/m },
  { line: "completion fish", prints: /^complete -c/m },
  { line: "completion powershell", prints: /Register-ArgumentCompleter/ },
  { line: "complete --word=sched", prints: /^schedule/m },
  // The emulator signs in no person: what is tried is the request, and the answer.
  { line: "auth login --device-code --no-store", prints: /AADSTS900144/, exit: 4, isBrief: true },
  { line: "help exit-codes", prints: /\b70\b/ },
  { line: "version", prints: /^\d+\.\d+\.\d+$/m },
];
