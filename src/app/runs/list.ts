import { type ListedJob, listJobs } from "../../azureml/jobs/list.ts";
import { type Identity, personName } from "../../credentials/entra/identity.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { chooseWorkspace, connect } from "../project/connect.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { openConfig } from "../project/open.ts";

/** Which jobs are listed. */
export interface ListRunsOptions extends ProjectOptions {
  /** `-w`: a workspace of azureml.yml. */
  readonly workspace?: string;
  /** How many jobs to list at most (default: 20). */
  readonly number?: number;
  /** Only jobs with one of these statuses. */
  readonly status?: readonly string[];
  /** Only jobs of this experiment. */
  readonly experiment?: string;
  /** Only jobs that the signed-in identity submitted. */
  readonly mine?: boolean;
}

/** The newest runs that match, as they were at `now`. */
export interface ListedRuns {
  readonly jobs: readonly ListedJob[];
  readonly now: Date;
  /** Whether there are older runs that were not read. */
  readonly isCut: boolean;
}

/** How many jobs to read at most while looking for those that match; a workspace may have very many. */
const MOST_READ = 2000;
const STATUSES =
  "NotStarted Starting Provisioning Preparing Queued Running Finalizing CancelRequested Completed Failed Canceled NotResponding Paused Unknown"
    .split(" ");

/**
 * Lists the newest pipeline jobs of a workspace.
 *
 * @throws {UserError} `usage.status` with the known statuses, `azure.*`.
 */
export async function listRuns(ctx: AppContext, options: ListRunsOptions): Promise<ListedRuns> {
  const statuses = options.status?.map(toStatus);
  const config = await openConfig(ctx, options);
  const { open, tokens, cloud } = await connect(ctx);
  const workspace = open(chooseWorkspace(config, options.workspace));
  const { token } = await tokens.getToken(cloud.resourceManagerScope);
  const names = namesOf(tokens.identity(), token);
  const isWanted = (job: ListedJob) =>
    (statuses === undefined || statuses.includes(job.status)) &&
    (options.experiment === undefined || job.experimentName === options.experiment) &&
    (!options.mine || names.has(job.createdBy?.toLowerCase()));
  const jobs: ListedJob[] = [];
  let readCount = 0;
  for await (const job of listJobs(workspace)) {
    if (isWanted(job)) jobs.push(job);
    if (jobs.length === (options.number ?? 20) || ++readCount === MOST_READ) break;
  }
  return { jobs, now: ctx.clock.now(), isCut: readCount === MOST_READ };
}

/** The names under which Azure notes the creator of a job: a name for people, an id for applications. */
function namesOf(identity: Identity | undefined, token: string): ReadonlySet<string | undefined> {
  const { name, applicationId, objectId, kind } = identity ?? {};
  // The application of a person's token is that of the program that they signed in with.
  const own = kind === "user" ? [name, personName(token), objectId] : [name, applicationId, objectId];
  return new Set(own.flatMap((one) => one === undefined ? [] : [one.toLowerCase()]));
}

function toStatus(typed: string): string {
  const found = STATUSES.find((status) => status.toLowerCase() === typed.toLowerCase());
  if (found !== undefined) return found;
  throw new UserError(`Unknown status "${typed}"${didYouMean(typed, STATUSES)}`, {
    code: "usage.status",
    exit: ExitCode.Usage,
    hint: `Use one of ${STATUSES.join(", ")}`,
  });
}
