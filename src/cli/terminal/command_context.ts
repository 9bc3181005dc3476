import type { Context } from "../../core/context.ts";
import { networkSays, requestIdOf } from "../../core/net/network_error.ts";
import { redact } from "../../core/secrets.ts";
import { shownJson, shownName } from "../../core/untrusted.ts";
import type { CommandContext } from "../parse/command.ts";
import type { GlobalOptions } from "../parse/global_options.ts";
import { openCiReport } from "./ci.ts";
import { openPerson } from "./person.ts";
import type { Printing } from "./print_message.ts";
import { isLive, openProgress, type Progress, showUpload, startLongWork, startSpinner } from "./progress.ts";
import { type AppEvent, describeIdentity, type Report } from "../../app/context.ts";
import { countText, durationText, namesText, sizeText } from "../../core/format.ts";
import { utcText } from "../text/render.ts";
import { isShownQuietly, showFollow } from "./follow_events.ts";

/** Interval at which the table of steps is redrawn to update the times. */
const TICK_MS = 1000;

/** Creates the context of a command, with events shown on the terminal, the person at it, and the CI system. */
export function openCommandContext(
  ctx: Context,
  options: Pick<GlobalOptions, "json" | "verbose" | "quiet"> & Printing,
): CommandContext {
  const progress = openProgress(ctx, options);
  const report = showEvents(ctx, progress, options);
  return {
    ...ctx,
    report,
    person: openPerson(ctx, progress),
    ci: openCiReport(ctx, report),
    tickMs: isLive(ctx, options.json || options.quiet) ? TICK_MS : undefined,
  };
}

/** Logs HTTP requests to stderr, without query strings, which may contain signatures. */
export function withRequestLog(ctx: Context, json: boolean): Context {
  const say = (
    { method, url }: Request,
    { status, requestId, reason }: { status?: number; requestId?: string | null; reason?: string },
    startedAt: number,
  ) => {
    const ms = ctx.clock.now().getTime() - startedAt;
    const shown = redact(url.split("?")[0]!);
    const outcome = status ?? "no answer";
    const ending = requestId ? `, request ${requestId}` : reason ? `, ${reason}` : "";
    ctx.terminal.err(
      json
        ? shownJson(JSON.stringify({ request: { method, url: shown, outcome, ms, requestId, reason } })) +
          "\n"
        : `  ${method} ${shown}: ${outcome} (${ms} ms)${ending}\n`,
    );
  };
  return {
    ...ctx,
    async fetch(request) {
      const startedAt = ctx.clock.now().getTime();
      try {
        const response = await ctx.fetch(request);
        const { status, headers } = response;
        const requestId = requestIdOf((name) => headers.get(name) ?? undefined) ?? null;
        say(request, { status, requestId }, startedAt);
        return response;
      } catch (thrown) {
        say(request, { reason: thrown instanceof Error ? networkSays(thrown) : "stopped" }, startedAt);
        throw thrown;
      }
    },
  };
}

export function showEvents(
  ctx: Pick<Context, "terminal" | "clock" | "env" | "cwd" | "simulatesSteps">,
  progress: Progress,
  options: Pick<GlobalOptions, "json" | "verbose" | "quiet">,
): Report {
  const follow = showFollow(ctx, progress, options);
  if (options.quiet) {
    return (event) => event.type === "follow" && isShownQuietly(event) ? follow(event) : undefined;
  }
  let [stopSpinner, installing] = [() => {}, ""];
  const upload = showUpload(ctx, progress, options);
  return (event) => {
    switch (event.type) {
      case "reading":
        stopSpinner = startSpinner(ctx, "Reading the project", options);
        return;
      case "read":
        upload.end();
        progress.clear();
        return stopSpinner();
      case "environment_making":
        progress.say(eventLine(event), eventData(event));
        installing = "";
        stopSpinner = startLongWork(
          ctx,
          () => `Installing the packages of the steps${installing}`,
          { ...options, progress },
        );
        return;
      case "installing":
        installing = `: ${event.what}`;
        return;
      case "warnings":
        return progress.warn(...event.warnings);
      case "follow":
        return follow(event);
      case "upload":
        return upload.show(event);
      case "component":
        return progress.count(componentLine(event), event.done === event.total);
      case "cache":
        if (options.verbose) progress.say(`  ${event.message}`, event);
        return;
      case "retry":
        if (event.waitMs >= LONG_WAIT_MS) {
          const { type, url, status, waitMs } = event;
          progress.say(retryLine(event), { type, host: new URL(url).host, status, waitMs });
        }
        return;
      case "identity":
        return progress.say(
          `✓ ${
            ctx.env.KEDRO_AZUREML_EMULATOR
              ? `Using the emulator, not Azure${
                ctx.simulatesSteps ? ": steps are simulated, and no project code runs" : ""
              }`
              : describeIdentity(event.identity, event.members)
          }`,
          {
            type: "identity",
            ...event.identity,
          },
        );
      case "sending":
      case "rerun":
        // On a terminal until the result has the name; a log keeps it.
        if (isLive(ctx, options.json)) return progress.count(eventLine(event), false);
        return progress.say(eventLine(event), eventData(event));
      default:
        progress.say(eventLine(event), eventData(event));
    }
  };
}

const LONG_WAIT_MS = 2000;

type LineEvent = Exclude<
  AppEvent,
  {
    readonly type:
      | "reading"
      | "read"
      | "warnings"
      | "cache"
      | "follow"
      | "upload"
      | "installing"
      | "component"
      | "retry"
      | "identity";
  }
>;

function componentLine({ done, there, total }: Extract<AppEvent, { type: "component" }>): string {
  if (done < total) return `  Registered ${done} of ${countText(total, "component")}`;
  if (there === total) return `✓ ${countText(total, "component")}: already in the workspace`;
  return `✓ Registered ${countText(total - there, "component")}${
    there === 0 ? "" : `; ${there} already in the workspace`
  }`;
}

function retryLine({ url, status, waitMs }: Extract<AppEvent, { type: "retry" }>): string {
  const why = status === undefined ? "did not answer" : `answered with ${status}`;
  return `  ${new URL(url).host} ${why}; retrying in ${durationText(waitMs)}`;
}

function eventLine(event: LineEvent): string {
  switch (event.type) {
    case "workspace":
      return `✓ Workspace ${event.workspace}${event.location === undefined ? "" : ` in ${event.location}`}`;
    case "compute":
      return `✓ Compute ${event.name}`;
    case "environment":
      return `✓ Environment ${event.shown}${event.shown === event.asked ? "" : ` for ${event.asked}`}`;
    case "data":
      return `✓ Data asset ${event.id.split("/data/")[1]!.replace("/versions/", ":")} for ${event.path}`;
    case "code":
      return `✓ Code, ${countText(event.files, "file")}, ${sizeText(event.sizeBytes)}: ${
        event.wasThere ? "already in the workspace" : "uploaded"
      }${
        event.own === undefined
          ? ""
          : `\n  Left out: ${namesText(event.own.map(shownName), 5)}, which kedro-azureml wrote`
      }`;
    case "sending":
    case "rerun":
      return `  Submitting job ${event.job} as ${event.name}`;
    case "schedule_changing":
      return `  ${SCHEDULE_ACTIONS[event.action]} schedule ${event.name}`;
    case "print":
      return event.text;
    case "compiled":
      return `✓ Project ${event.project}, environment ${event.env}: job ${event.job} has ${
        countText(event.steps, "step")
      } of pipeline ${event.pipeline}`;
    case "settings_unused":
      return `  No job given: settings of ${
        namesText(event.jobs, SHOWN_JOBS)
      } in azureml.yml are not used; add a job's name to use them`;
    case "environment_making":
      return event.isUpdate
        ? `  Updating the steps' Python environment with ${event.tool}, because ${event.from} names other files`
        : `  Creating a Python environment for the steps with ${event.tool}, from ${event.from} (once)`;
    case "environment_made":
      return `✓ The Python environment is ready after ${durationText(event.durationMs)}`;
    case "package":
      return packageLine(event);
    case "canceled_previous":
      return `✓ Requested cancellation of job ${event.name} from ${event.run}`;
    case "last_job":
      return event.asked === undefined
        ? `  Using the last submitted job: ${event.name} (${event.job}, ${utcText(event.at)})`
        : `  Using run ${event.name} for ${event.asked} (job ${event.job}, ${utcText(event.at)})`;
    case "named_run":
      return `  Using the run with the name ${event.name}; the last run of job ${event.name} is ${event.other}`;
    case "downloaded":
      return `✓ ${event.shown}: ${event.wasThere ? "already downloaded" : sizeText(event.sizeBytes)}${
        event.asset === undefined ? "" : `, of ${event.asset}`
      }`;
  }
}

/** Jobs that are named; the rest is counted. */
const SHOWN_JOBS = 3;

const SCHEDULE_ACTIONS = {
  create: "Creating",
  update: "Updating",
  delete: "Deleting",
  pause: "Pausing",
  resume: "Resuming",
};

function packageLine(
  { jobs, project, env, madeBy, sha256, isEnforced }: Extract<AppEvent, { type: "package" }>,
) {
  const integrity = isEnforced
    ? "matches `--sha256`"
    : "integrity checked; pass `--sha256` to verify its origin";
  return `✓ Package with ${
    countText(jobs.length, "job")
  } of project ${project}, environment ${env}, packed by ${madeBy}\n` +
    `  SHA-256 ${sha256}; ${integrity}`;
}

function eventData(event: LineEvent): unknown {
  switch (event.type) {
    case "rerun":
      return { ...event, type: "sending" };
    case "compiled":
      return { type: event.type, job: event.job, steps: event.steps };
    case "canceled_previous":
      return { type: event.type, name: event.name };
    case "last_job":
      return { ...event, type: "job" };
    case "downloaded": {
      const { shown: _, ...data } = event;
      return data;
    }
    default:
      return event;
  }
}
