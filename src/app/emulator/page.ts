import { UserError } from "../../core/errors.ts";
import { VERSION } from "../../core/version.ts";
import type { StepProgress } from "../../page/view.ts";
import { emulatorPageKey } from "../../core/emulator_page.ts";
import { compareTargets } from "../job/compare.ts";
import { comparedData, comparisonPage } from "../job/comparison.ts";
import { guarded } from "../report/serve.ts";
import { answerLiveRun, comparedNames, decoded, liveJson, livePage, noRun } from "../report/live.ts";
import { createJobsReader } from "./page_jobs.ts";
import { type EmulatorPageOptions, openWorkspaces } from "./page_workspaces.ts";

/** Answers requests for the page and for its updates; `undefined` for other requests. */
export type EmulatorPage = (request: Request) => Promise<Response | undefined>;

/** Creates the web page of an emulator, which reads its jobs as `job report` does, from the emulator's own API. */
export function createEmulatorPage(options: EmulatorPageOptions): EmulatorPage {
  const { emulator, cloud, clock } = options;
  const guard = { secret: emulatorPageKey(emulator.identity.secret), from: "kedro-azureml emulator" };
  const open = openWorkspaces(options);
  const reading = { withLogs: false, ended: new Map<string, StepProgress>() };
  const readJobs = createJobsReader(emulator, open);

  async function answerJobs(part: string | null): Promise<Response> {
    const view = await readJobs();
    if (part !== null) return liveJson(view);
    return livePage({
      title: "Jobs",
      madeAt: clock.now().getTime(),
      program: `kedro-azureml ${VERSION}`,
      view,
    });
  }

  async function answerRun(id: string, query: URLSearchParams): Promise<Response> {
    const target = await findRun(id, query.get("wsid"));
    return target === undefined ? noRun() : await answerLiveRun(target, { id, query, reading });
  }

  async function answerComparison(runs: readonly string[]): Promise<Response> {
    const targets = [];
    for (const run of runs) {
      const { pathname, searchParams } = new URL(run, cloud.studio);
      const target = await findRun(decoded(pathname.slice(1)), searchParams.get("wsid"));
      if (target === undefined) return noRun();
      targets.push({ ...target, openHistory: () => Promise.resolve(target.history) });
    }
    if (targets.length < 2) return noRun();
    return livePage(comparisonPage(comparedData(await compareTargets(targets)), clock.now()));
  }

  /** Finds the job that has a run id, or whose step has it. */
  async function findRun(id: string, workspaceId: string | null) {
    const ids = new Set(emulator.resources("jobs").map((job) => job.id.split("/jobs/")[0]!));
    const wanted = workspaceId?.toLowerCase();
    for (const resource of ids) {
      if (wanted !== undefined && !namesOf(resource).includes(wanted)) continue;
      const { workspace, history } = await open(resource);
      try {
        const { parent } = await history.run(id);
        return { workspace, history, name: parent ?? id };
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown;
      }
    }
    return undefined;
  }

  return async (request) => {
    const { origin, pathname, searchParams: query } = new URL(request.url);
    if (request.method !== "GET" || origin !== new URL(cloud.studio).origin) return undefined;
    const name = /^\/runs\/([^/]+)$/.exec(pathname)?.[1];
    if (!["/", "/compare"].includes(pathname) && name === undefined) return undefined;
    return await guarded(
      request,
      guard,
      () =>
        name !== undefined
          ? answerRun(decoded(name), query)
          : pathname === "/compare"
          ? answerComparison(comparedNames(query))
          : answerJobs(query.get("part")),
    );
  };
}

/** How links name a workspace, in lower case: by its id, or without the provider, as Azure ML does. */
function namesOf(id: string): readonly string[] {
  const lower = id.toLowerCase();
  return [lower, lower.replace("/providers/microsoft.machinelearningservices", "")];
}
