import { type PythonCause, withoutRich } from "../../core/python_log.ts";
import { CLUSTER_FAILURES, MACHINE_FAILURES } from "./compute_failures.ts";
import { DATA_FAILURES } from "./data_failures.ts";
import type { KnownFailure, RanOn } from "./failure.ts";
import { IMAGE_FAILURES, IMAGE_NOT_PULLED } from "./image_failures.ts";
import { MLFLOW_FAILURES } from "./mlflow_failures.ts";
import { PYTHON_FAILURES } from "./python_failures.ts";
import { diagnoseLine } from "./roles.ts";

/**
 * What Azure and the logs of failed steps say, and what to do; of the same text, the first match is used. For Azure's
 * codes see https://github.com/MicrosoftDocs/azure-docs/issues/120843.
 */
const SPECIFIC: readonly KnownFailure[] = [
  ...DATA_FAILURES,
  ...CLUSTER_FAILURES,
  ...IMAGE_FAILURES,
  ...MLFLOW_FAILURES,
  ...MACHINE_FAILURES,
  ...PYTHON_FAILURES,
];

/** What Azure ML also says where something else is the cause. */
const VAGUE: readonly KnownFailure[] = [
  {
    is: /Received 403 from a service request|WebApi\.Exceptions\.ForbiddenException/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1047",
    advice: ({ workspace }) =>
      "A service of Azure ML was refused access, which can pass; rerun the job with `--from-failed`. If it happens again, " +
      `run \`${
        diagnoseLine(workspace)
      }\`, which checks the workspace's storage account, key vault, registry and network`,
  },
  IMAGE_NOT_PULLED,
  {
    is: /\{\w+\} (?:is (?:invalid|not)|was not|not found)/,
    read: "https://github.com/Azure/AutoML-vNext-Preview/issues/5",
    advice:
      "Azure ML does not say what it misses; run `kedro-azureml validate --online`, which looks up what the job refers to",
  },
  {
    is:
      /Failed to (?:upload|update) outputs (?:due to|and mark)|\bFailure in \w+ while calling service \w+|\bInternalServerError\b|An internal server error occurred/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1042",
    advice: ({ workspace }) =>
      "Azure ML itself failed, not the step's code; rerun the job with `--from-failed`. If it happens again, run " +
      `\`${diagnoseLine(workspace)}\`, or ask Azure support`,
  },
];

/** What Azure ML says about each failed process; with a traceback, that is the reason. */
const SILENT: readonly KnownFailure[] = [
  {
    is:
      /execution-wrapper[\w-]*` (?:failed with status|exited with) code|CommonRuntimeJobError|Job environment preparation failed|Submitted script failed with a non-zero exit code|\bError: null\b/,
    read: "https://github.com/getindata/kedro-azureml/issues/6",
    advice:
      "Azure ML does not say why the container failed. Read all logs with `kedro-azureml job logs --failed`; if there are " +
      "none, check that the image has bash and Python, and that the compute may pull it and read the datastore",
  },
];

/** What is known about why a step failed. */
interface Said {
  readonly message?: string | undefined;
  readonly cause?: PythonCause;
  readonly logTail?: string | undefined;
}

/**
 * Explains what to do about a step that failed because of where it ran: it uses the compute's identity, not that of
 * the user who submitted the job, and has only the files, packages and variables that it was given.
 *
 * @returns `undefined` for other failures.
 */
export function runAdvice(said: Said, where: RanOn): string | undefined {
  const parts = partsOf(said);
  const isSilent = said.cause === undefined && !parts.some((part) => part.includes("Traceback "));
  for (const failures of [SPECIFIC, VAGUE, ...isSilent ? [SILENT] : []]) {
    for (const part of parts) {
      for (const { is, advice } of failures) {
        const found = is.exec(part);
        if (found !== null) return typeof advice === "string" ? advice : advice(where, found, part);
      }
    }
  }
  return undefined;
}

/** What may name the cause, the most specific first. */
function partsOf({ message = "", cause, logTail = "" }: Said): readonly string[] {
  const log = withoutWarnings(logTail);
  const exception = cause === undefined ? "" : [cause.exception, cause.causedBy].join("\n");
  // What a process printed before another one failed because of it is not in the traceback of the latter.
  const isOwn = cause !== undefined && !/CalledProcessError|non-zero exit status|Py4J/.test(exception);
  const traceback = log.slice(Math.max(0, log.lastIndexOf("Traceback (most recent call last)")));
  const end = log.split("\n").slice(-LAST_LINES).join("\n");
  const own = ownWords(message);
  return [
    withoutWarnings(own),
    exception,
    ...own === message ? [] : [withoutWarnings(message)],
    ...isOwn ? [traceback] : [end, log],
  ];
}

/** Lines at the end of a log in which the cause is looked for first. */
const LAST_LINES = 12;

/** Azure's message about a process that failed, without what the process printed. */
function ownWords(message: string): string {
  return /^Execution failed\. User process/.test(message)
    ? message.split(/ Please check log file /, 1)[0]!
    : message;
}

/** A log without records that are not errors, except the last attempt of pip, and why Kedro lacks a plugin. */
function withoutWarnings(log: string): string {
  let isDropped = false;
  return withoutRich(log).split("\n").filter((line) => {
    isDropped = LESSER.test(line) || (isDropped && line.startsWith("  "));
    return !isDropped;
  }).join("\n");
}

const LESSER =
  /^(?!.*(?:Retry\(total=0\b|Failed to load\s+kedro)).{0,80}?(?<![\w.])(?:WARN(?:ING)?|INFO|DEBUG)(?![\w.])|^\S+:\d+: \w*Warning: /;
