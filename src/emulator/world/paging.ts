import type { WorkspaceCall } from "./call.ts";
import { badRequest, jsonAnswer } from "./refusal.ts";
import type { Resource } from "./world.ts";

/** Responds with a page of resources (`$top`, default 100) and, except for the last page, a link to the next one. */
export function answerPage(call: WorkspaceCall, resources: readonly Resource[]): Response {
  const size = count(call.query, "$top") ?? 100;
  const token = call.query.get("$skipToken");
  const skipped = token === null ? count(call.query, "$skip") ?? 0 : skippedBy(token);
  const value = resources.slice(skipped, skipped + size);
  const isLast = skipped + size >= resources.length || call.query.has("$top");
  return jsonAnswer({ value, ...(!isLast && { nextLink: nextLink(call, skipped + size) }) });
}

function count(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`The value '${text}' of ${name} is not a whole number.`);
}

function nextLink({ world, request }: WorkspaceCall, skip: number): string {
  const requested = new URL(request.url);
  const next = new URL(requested.pathname + requested.search, world.links.resourceManager);
  next.searchParams.set("$skipToken", btoa(`${TOKEN}${skip}`));
  return next.href;
}

/** Makes tokens long enough to look opaque. */
const TOKEN = "the next page starts after ";

function skippedBy(token: string): number {
  let skipped = 0;
  try {
    skipped = Number(atob(token).slice(TOKEN.length));
  } catch {
    // It is not Base64.
  }
  if (skipped > 0) return skipped;
  throw badRequest("The continuation token is invalid.");
}
