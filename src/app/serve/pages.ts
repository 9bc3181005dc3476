import type { Context } from "../../core/context.ts";
import { percentDecoded } from "../../core/text/percent_encoding.ts";
import type { JobsView, StepProgress } from "../../page/view.ts";
import { compareTargets, comparisonPage } from "../job/compare.ts";
import { pageData } from "../report/page_file.ts";
import type { PageTarget } from "../report/run_page.ts";
import { answerLiveRun, comparedNames, liveJson, livePage, noRun } from "./live.ts";

/** The jobs and runs that pages show. */
export interface ServedRuns {
  readonly jobs: () => Promise<JobsView>;
  /** Finds a run by the id and the query of its link; `undefined` if there is none. */
  readonly find: (id: string, query: URLSearchParams) => Promise<PageTarget | undefined>;
  /** Returns what changed between commits (default: that is not known). */
  readonly changesBetween?: Parameters<typeof compareTargets>[1];
  /** Milliseconds between two requests of a page (default: 1,000). */
  readonly pollMs?: number;
}

const RUN_PATH = /^\/runs\/([^/]+)$/;

/** Whether a path is that of the list of jobs, a run or a comparison. */
export function isPagePath(pathname: string): boolean {
  return pathname === "/" || pathname === "/compare" || RUN_PATH.test(pathname);
}

/** Returns a function that answers a request for the list of jobs, a run or a comparison, or for an update. */
export function createPages(
  { clock }: Pick<Context, "clock">,
  { jobs, find, changesBetween, pollMs }: ServedRuns,
): (url: URL) => Promise<Response> {
  const poll = pollMs === undefined ? {} : { pollMs };
  const reading = { withLogs: false, ended: new Map<string, StepProgress>() };

  async function answerComparison(links: readonly string[]): Promise<Response> {
    const targets: PageTarget[] = [];
    for (const link of links) {
      const [id = "", query] = link.split("?");
      const target = await find(percentDecoded(id), new URLSearchParams(query));
      if (target === undefined) return noRun();
      targets.push(target);
    }
    if (targets.length < 2) return noRun();
    return livePage(comparisonPage(await compareTargets(targets, changesBetween), clock.now()));
  }

  return async ({ pathname, searchParams: query }) => {
    if (pathname === "/") {
      const view = await jobs();
      return query.has("part")
        ? liveJson(view)
        : livePage({ ...pageData("Jobs", view, clock.now()), ...poll });
    }
    if (pathname === "/compare") return await answerComparison(comparedNames(query));
    const id = percentDecoded(RUN_PATH.exec(pathname)?.[1] ?? "%");
    const target = await find(id, query);
    return target === undefined ? noRun() : await answerLiveRun(target, { id, query, reading, ...poll });
  };
}
