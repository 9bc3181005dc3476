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
  /** What it makes in the workspace. */
  readonly makes?: string;
  /** What another step must have made; it is skipped where that was not allowed or failed. */
  readonly needs?: string;
  /** Removes this, whether or not making it succeeded, and also after Ctrl+C. */
  readonly cleansUp?: string;
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
    { line: `${submit} --name ${job}`, makes: job, asks: "How is code uploaded to this storage account?" },
    { line: `${submit} --name ${job}`, needs: job, asks: "Is the same job, submitted again, left as it is?" },
    { line: `${submit} --name ${canceled}`, needs: job, makes: canceled },
    { line: `job cancel ${canceled}`, needs: canceled },
    { line: `job follow ${canceled} --timeout ${timeoutSeconds}`, needs: canceled, exits: [7] },
    { line: `job cancel ${canceled}`, needs: canceled, asks: "What does canceling an ended job answer?" },
    { line: `job show ${job} --json`, needs: job, asks: "Which names do the runs of steps carry?" },
    {
      line: follow,
      needs: job,
      prints: /Completed/,
      asks: "Does the environment install Kedro, and do the steps run?",
    },
    { line: `job logs ${job}`, needs: job, prints: /The number is 42/ },
    {
      line: `job download ${job} -o FILES`,
      needs: job,
      asks: "Are named outputs where they are looked for?",
    },
    { line: `schedule ${cron} ${recurrence} --dry-run` },
    { line: `schedule ${cron}`, makes: cron, asks: "Is a time zone by its Windows name taken?" },
    {
      line: `schedule ${recurrence}`,
      makes: recurrence,
      asks: "Is a recurrence without days and hours taken?",
    },
    {
      line: `schedule show ${cron} --json`,
      needs: cron,
      asks: "How does Azure return time zone and start time?",
    },
    { line: `schedule show ${recurrence} --json`, needs: recurrence },
    { line: `schedule pause ${cron}`, needs: cron, prints: /paused/ },
    { line: `schedule resume ${cron}`, needs: cron, prints: /enabled/ },
    { line: `job cancel ${job}`, cleansUp: job, exits: [0, 5] },
    { line: `job cancel ${canceled}`, cleansUp: canceled, exits: [0, 5] },
    { line: `schedule delete ${cron}`, cleansUp: cron, exits: [0, 5] },
    { line: `schedule delete ${recurrence}`, cleansUp: recurrence, exits: [0, 5] },
  ];
}
