import { type ListedJob, listJobs } from "../../azureml/jobs/list.ts";
import { type Identity, personName } from "../../credentials/entra/identity.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { chooseWorkspace, connect } from "../project/connect.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { openConfig } from "../project/open.ts";

/** Which jobs are listed. */
export interface ListingOptions extends ProjectOptions {
  /** `-w`: a workspace of azureml.yml. */
  readonly workspace?: string;
  /** Jobs to show at most; 20 where absent. */
  readonly number?: number;
  /** Only those with one of these statuses. */
  readonly status?: readonly string[];
  /** Only those of this experiment. */
  readonly experiment?: string;
  /** Only those that whoever asks has submitted. */
  readonly mine?: boolean;
}

/** The newest runs that match, as they were at `now`. */
export interface ListedRuns {
  readonly jobs: readonly ListedJob[];
  readonly now: Date;
  /** Whether there are older runs that were not read. */
  readonly isCut: boolean;
}

/** Jobs that are looked at when few of them are wanted; a workspace may have very many. */
const LOOKED_AT = 2000;
const STATUSES =
  "NotStarted Starting Provisioning Preparing Queued Running Finalizing CancelRequested Completed Failed Canceled NotResponding Paused Unknown"
    .split(" ");

/**
 * Lists the newest pipeline jobs of a workspace.
 *
 * @throws {UserError} `usage.status` with the statuses there are, `azure.*`.
 */
export async function listRuns(ctx: AppContext, options: ListingOptions): Promise<ListedRuns> {
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
  let lookedAt = 0;
  for await (const job of listJobs(workspace)) {
    if (isWanted(job)) jobs.push(job);
    if (jobs.length === (options.number ?? 20) || ++lookedAt === LOOKED_AT) break;
  }
  return { jobs, now: ctx.clock.now(), isCut: lookedAt === LOOKED_AT };
}

/** Azure writes who created a job as a name for people, and as an id for applications. */
function namesOf(identity: Identity | undefined, token: string): ReadonlySet<string | undefined> {
  const { name, applicationId, objectId, kind } = identity ?? {};
  // The application of a person's token is that of the program that they signed in with.
  const own = kind === "user" ? [name, personName(token), objectId] : [name, applicationId, objectId];
  return new Set(own.flatMap((one) => one === undefined ? [] : [one.toLowerCase()]));
}

function toStatus(typed: string): string {
  const found = STATUSES.find((status) => status.toLowerCase() === typed.toLowerCase());
  if (found !== undefined) return found;
  throw new UserError(`Cannot list jobs by status "${typed}"${didYouMean(typed, STATUSES)}`, {
    code: "usage.status",
    exit: ExitCode.Usage,
    hint: `Name one of ${STATUSES.join(", ")}`,
  });
}
