/** One command of the check. */
export interface LiveStep {
  /** The command line, without the program's name and its global options. */
  readonly line: string;
  /** Exit statuses that are as they should be; 0 if absent. */
  readonly exits?: readonly number[];
  /** What must be printed for it to be as it should be. */
  readonly prints?: RegExp;
  /** Only the shape of what it prints goes into the report: it speaks of other people's work. */
  readonly isPrivate?: boolean;
  /** What only Azure can answer, and this shows. */
  readonly asks?: string;
  /** Runs at the end even where something went wrong before: it removes what the check made. */
  readonly cleansUp?: boolean;
}

/** What is done, in order. */
export function liveSteps(prefix: string, timeoutSeconds: number): readonly LiveStep[] {
  const [job, canceled] = [`${prefix}-job`, `${prefix}-canceled`];
  const [cron, recurrence] = [`${prefix}-cron`, `${prefix}-recurrence`];
  const follow = `job follow ${job} --timeout ${timeoutSeconds}`;
  const submit = "submit main --env-var BASH_ENV=install_kedro.sh";
  return [
    { line: "auth status --json", asks: "May this identity ask for its own permissions?" },
    { line: "doctor" },
    { line: "job list --json", isPrivate: true },
    { line: "schedule list --json", isPrivate: true },
    { line: "validate --all --online", asks: "Can the curated environment and the compute be read?" },
    { line: `${submit} --dry-run --json` },
    { line: `${submit} --name ${job}`, asks: "How is code uploaded to this storage account?" },
    { line: `${submit} --name ${job}`, asks: "Is the same job, submitted again, left as it is?" },
    { line: `${submit} --name ${canceled}` },
    { line: `job cancel ${canceled}` },
    { line: `job follow ${canceled} --timeout ${timeoutSeconds}`, exits: [7] },
    { line: `job show ${job} --json`, asks: "Which names do the runs of steps carry?" },
    { line: follow, prints: /Completed/, asks: "Does the environment install Kedro, and do the steps run?" },
    { line: `job logs ${job}`, prints: /The number is 42/ },
    { line: `job download ${job} -o FILES`, asks: "Are named outputs where they are looked for?" },
    { line: `schedule ${cron} ${recurrence} --dry-run` },
    { line: `schedule ${cron}`, asks: "Is a time zone by its Windows name taken?" },
    { line: `schedule ${recurrence}`, asks: "Is a recurrence without days and hours taken?" },
    { line: `schedule show ${cron} --json`, asks: "How does Azure return time zone and start time?" },
    { line: `schedule show ${recurrence} --json` },
    { line: `schedule pause ${cron}`, prints: /paused/ },
    { line: `schedule resume ${cron}`, prints: /enabled/ },
    { line: `job cancel ${job} ${canceled}`, cleansUp: true, exits: [0, 5] },
    { line: `schedule delete ${cron}`, cleansUp: true },
    { line: `schedule delete ${recurrence}`, cleansUp: true },
  ];
}
