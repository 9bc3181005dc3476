/** A command line that the executable must get right. */
export interface Line {
  /** Without the program's name and `-C`; `FILES` is a folder to write to, `PROJECT` that of the project. */
  readonly line: string;
  /** What it prints, on either stream. */
  readonly prints: RegExp;
  /** Its exit status; 0 if absent. */
  readonly exit?: number;
  /** Left out of brief runs: it would show nothing more of the processor or of the kind of file. */
  readonly isExtra?: boolean;
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
 * that the program declares, so that none is left out: a new command needs a line here, or its name in
 * {@linkcode ELSEWHERE}.
 */
export const LINES: readonly Line[] = [
  { line: "init", prints: /azureml\.yml/, isExtra: true },
  { line: "setup --dry-run --no-catalog", prints: /Workspace ws-bikes/, isExtra: true },
  { line: "data push extra PROJECT/pyproject.toml", prints: /as data asset extra:\d/, isExtra: true },
  { line: "environment push", prints: /(Registered|already the same)/, isExtra: true },
  { line: "inspect", prints: /training/ },
  { line: "inspect --html -o FILES/pipelines.html", prints: /pipelines\.html/, isExtra: true },
  { line: "migrate", prints: /is not of getindata's kedro-azureml/, exit: 3, isExtra: true },
  { line: "files", prints: /src\/bikes\/pipelines\/training\.py/, isExtra: true },
  { line: "validate --all --online", prints: /Environment bikes-env:1/, isExtra: true },
  { line: "compile main -o -", prints: /^type: pipeline$/m },
  { line: "compile main -o - --format mermaid", prints: /^flowchart/m, isExtra: true },
  { line: "compile main -o - --group-by chain", prints: /^type: pipeline$/m, isExtra: true },
  { line: "config show --origin", prints: /azureml\.yml:\d+/, isExtra: true },
  { line: "config schema", prints: /"\$schema"/, isExtra: true },
  { line: "list-patterns", prints: /no job factories/, isExtra: true },
  { line: "resolve-patterns --json", prints: /"windows-zone"/, isExtra: true },
  { line: "config jobs --json", prints: /"windows-zone"/, isExtra: true },
  {
    line: "rehearse preparation --data bikes-ride=README.md",
    prints: /nothing at|steps on Windows/,
    exit: 2,
    isExtra: true,
  },
  { line: "submit main --dry-run", prints: /9 steps/, isExtra: true },
  {
    line: "submit -p preparation --from-nodes clean_rides --dry-run",
    prints: /would run pipeline preparation/,
    isExtra: true,
  },
  { line: "compile -p training --tags memory -o -", prints: /--node=small\.fit/, isExtra: true },
  { line: "validate --pipelines preparation --to-nodes count_by_hour", prints: /0 errors/, isExtra: true },
  {
    line: "compile main --namespaces small --to-outputs small.model -o -",
    prints: /--node=small\.fit/,
    isExtra: true,
  },
  { line: "submit main --nodes fitt --dry-run", prints: /Node "fitt" not found/, exit: 3, isExtra: true },
  { line: "submit main --name smoke-1 --wait", prints: /Completed/ },
  {
    line: "run -j preparation --name smoke-2",
    prints: /Submitted job preparation as smoke-2/,
    isExtra: true,
  },
  { line: "job cancel smoke-2", prints: /cancellation requested|has already ended/, isExtra: true },
  { line: "rerun smoke-1 --name smoke-3", prints: /as smoke-3: 9 steps/, isExtra: true },
  { line: "diff main --against smoke-1", prints: /since run smoke-1 \(Completed\)/, isExtra: true },
  { line: "pack main -o FILES/main.kap", prints: /Packed 1 job/, isExtra: true },
  { line: "submit --package FILES/main.kap --dry-run", prints: /9 steps/, isExtra: true },
  { line: "job list", prints: /^smoke-1 +main +Completed/m, isExtra: true },
  { line: "job show smoke-1", prints: /Completed/, isExtra: true },
  { line: "job follow smoke-1", prints: /Completed after/ },
  { line: "job logs smoke-1", prints: /Running node: clean_rides/, isExtra: true },
  { line: "job compare smoke-1 smoke-3", prints: /METRIC|STEP/, isExtra: true },
  {
    line: "job compare smoke-1 smoke-3 --html FILES/compare.html",
    prints: /wrote .*compare\.html/,
    isExtra: true,
  },
  { line: "job metrics smoke-1", prints: /no metrics/, isExtra: true },
  { line: "job open smoke-1", prints: /https?:.*smoke-1/, isExtra: true },
  { line: "job report smoke-1 -o FILES/report.html", prints: /wrote .*report\.html/, isExtra: true },
  { line: "job download smoke-1 -o FILES/downloaded", prints: /downloaded \d+ files/, isExtra: true },
  {
    line: "schedule nightly zoned windows-zone",
    prints: /zoned runs job zoned.*02:30 (CES?T|GMT\+[12])/,
    isExtra: true,
  },
  { line: "schedule list", prints: /windows-zone .*03:00 (P[SD]T|GMT-[78])/, isExtra: true },
  { line: "schedule show zoned", prints: /02:30 (CES?T|GMT\+[12])/, isExtra: true },
  { line: "schedule show windows-zone --json", prints: /Pacific Standard Time/, isExtra: true },
  { line: "schedule pause zoned", prints: /zoned is paused/, isExtra: true },
  {
    line: "schedule resume zoned",
    prints: /zoned is enabled; next .*02:30 (CES?T|GMT\+[12])/,
    isExtra: true,
  },
  { line: "schedule trigger zoned", prints: /zoned started job zoned-/, isExtra: true },
  { line: "schedule runs zoned", prints: /^zoned-/m, isExtra: true },
  { line: "schedule delete zoned", prints: /Deleted schedule zoned/, isExtra: true },
  { line: "auth status", prints: /environment +used/ },
  { line: "auth logout", prints: /nothing to remove/, isExtra: true },
  { line: "doctor", prints: /✓ Workspace/ },
  { line: "completion bash", prints: /^complete /m, isExtra: true },
  { line: "completion zsh", prints: /^#compdef/m, isExtra: true },
  { line: "completion fish", prints: /^complete -c/m, isExtra: true },
  { line: "completion powershell", prints: /Register-ArgumentCompleter/, isExtra: true },
  { line: "complete --word=sched", prints: /^schedule/m, isExtra: true },
  // The emulator signs in no person: what is tried is the request, and the answer.
  { line: "auth login --device-code --no-store", prints: /AADSTS900144/, exit: 4 },
  { line: "help exit-codes", prints: /\b70\b/, isExtra: true },
];

/** Commands that a check of another kind runs, with the check's name. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  "ui": "ui",
  "emulator": "emulator",
  "emulator start": "emulator in the background",
  "emulator stop": "emulator in the background",
  "emulator status": "emulator in the background",
  "emulator env": "emulator in the background",
};
