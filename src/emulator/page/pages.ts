import { VERSION } from "../../core/version.ts";
import type { PageData, PageView } from "../../page/view.ts";
import { jsonAnswer } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { findJob, jobsOf } from "./jobs.ts";
import { logPart } from "./log.ts";
import type { PageParts } from "../../page/parts.ts";
import { runOf, stateOf } from "./run.ts";

/** Answers requests for the page and for its updates; `undefined` for other requests. */
export async function pages(world: World, request: Request, parts: PageParts): Promise<Response | undefined> {
  const { origin, pathname, searchParams: query } = new URL(request.url);
  if (request.method !== "GET" || origin !== new URL(world.links.studio).origin) return undefined;
  const part = query.get("part");
  if (pathname === "/") {
    return part === null ? page(world, parts, "Jobs", jobsOf(world)) : data(jobsOf(world));
  }
  const name = /^\/runs\/([^/]+)$/.exec(pathname)?.[1];
  if (name === undefined) return undefined;
  const found = findJob(world, decoded(name), query.get("wsid"));
  if (found === undefined) return new Response("There is no such run.\n", { status: 404, headers: HEADERS });
  const { job, step } = found;
  if (part === "state") return data(stateOf(world, job));
  if (part === "log") {
    const from = Number(query.get("from") ?? 0);
    const asked = { step: query.get("step") ?? "", file: query.get("file") ?? undefined };
    return data(await logPart(world, job, { ...asked, from: Number.isSafeInteger(from) ? from : 0 }, parts));
  }
  return page(world, parts, job.name, runOf(world, job, { parts, selected: step }));
}

/** Decodes a name; one that cannot be decoded matches no run. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return "";
  }
}

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

function data(value: unknown): Response {
  return jsonAnswer(value, 200, HEADERS);
}

function page(world: World, parts: PageParts, title: string, view: PageView): Response {
  const made: PageData = {
    title,
    madeAt: world.clock.now().getTime(),
    program: `kedro-azureml ${VERSION}`,
    isLive: true,
    view,
  };
  const { html, policy } = parts.write(made);
  const headers = {
    ...HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
  };
  return new Response(html, { headers });
}
