import { UserError } from "../../core/errors.ts";
import { VERSION } from "../../core/version.ts";
import type { PageData, RunView, StepProgress } from "../../page/view.ts";
import { type PageTarget, readRunPage, readRunState } from "../report/run_page.ts";
import { writeWithAssets } from "../report/write.ts";
import { readLogPart, readWholeLog } from "./page_log.ts";
import { createJobsReader } from "./page_jobs.ts";
import { type EmulatorPageOptions, openWorkspaces } from "./page_workspaces.ts";

/** Answers requests for the page and for its updates; `undefined` for other requests. */
export type EmulatorPage = (request: Request) => Promise<Response | undefined>;

/** Creates the web page of an emulator, which reads its jobs as `job report` does, from the emulator's own API. */
export function createEmulatorPage(options: EmulatorPageOptions): EmulatorPage {
  const { emulator, cloud, clock } = options;
  const open = openWorkspaces(options);
  const reading = { withLogs: false, ended: new Map<string, StepProgress>() };
  const readJobs = createJobsReader(emulator, open);

  async function answerJobs(part: string | null): Promise<Response> {
    const view = await readJobs();
    if (part !== null) return json(view);
    return page({ title: "Jobs", madeAt: clock.now().getTime(), program: `kedro-azureml ${VERSION}`, view });
  }

  async function answerRun(id: string, query: URLSearchParams): Promise<Response> {
    const target = await findRun(id, query.get("wsid"));
    if (target === undefined) {
      return new Response("There is no such run.\n", { status: 404, headers: HEADERS });
    }
    switch (query.get("part")) {
      case "state":
        return json(await readRunState(target, reading));
      case "log":
        return json(await readLogPart(target, query));
      case "download":
        return await downloadLog(target, query);
      default: {
        const data = await readRunPage(target, reading);
        const view = data.view as RunView;
        return page({ ...data, view: { ...view, selected: view.steps.find(({ run }) => run === id)?.key } });
      }
    }
  }

  /** Finds the job that has a run id, or whose step has it. */
  async function findRun(id: string, workspaceId: string | null) {
    const ids = new Set(emulator.resources("jobs").map((job) => job.id.split("/jobs/")[0]!));
    const wanted = workspaceId?.toLowerCase();
    for (const one of [...ids].filter((one) => wanted === undefined || one.toLowerCase() === wanted)) {
      const { workspace, history } = await open(one);
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
    if (pathname === "/") return await answerJobs(query.get("part"));
    const name = /^\/runs\/([^/]+)$/.exec(pathname)?.[1];
    return name === undefined ? undefined : await answerRun(decoded(name), query);
  };
}

/** Decodes a name; one that cannot be decoded matches no run. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return "%";
  }
}

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

async function downloadLog(target: PageTarget, query: URLSearchParams): Promise<Response> {
  const text = await readWholeLog(target, query);
  if (text === undefined) return new Response("There is no such log.\n", { status: 404, headers: HEADERS });
  return new Response(text, {
    headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8", "content-disposition": "attachment" },
  });
}

function json(value: unknown): Response {
  return Response.json(value, { headers: HEADERS });
}

function page(data: PageData): Response {
  const { html, policy } = writeWithAssets({ ...data, isLive: true });
  const headers = {
    ...HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
  };
  return new Response(html, { headers });
}
