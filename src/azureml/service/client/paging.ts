import { isFields, textOf } from "../../../core/fields.ts";
import type { Workspace, WorkspaceRequest } from "./workspace.ts";

/** One page of a list, and the token to request the next one. */
export interface Page<T> {
  readonly items: readonly T[];
  /** `undefined`, `null` or empty after the last page. */
  readonly next: string | null | undefined;
}

/**
 * Yields the items of a paged list; a page is requested only when its first item is needed.
 *
 * A repeated token ends the list, so that a service that repeats itself is not queried forever.
 *
 * @param read Requests one page; `undefined` is the first.
 */
export async function* readPages<T>(read: (token: string | undefined) => Promise<Page<T>>): AsyncIterable<T> {
  const seen = new Set<string>();
  for (let token: string | undefined = undefined;;) {
    const { items, next }: Page<T> = await read(token);
    yield* items;
    if (!next || seen.has(next)) return;
    seen.add(next);
    token = next;
  }
}

/** @internal One page in Resource Manager's format. */
interface ResourcePage<T> {
  readonly value?: readonly T[] | null;
  readonly nextLink?: string | null;
}

/**
 * Yields the items of a Resource Manager list.
 *
 * Only the query of a `nextLink` is used: the token must go to no other host.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export function listResources<T>(
  workspace: Workspace,
  request: Omit<WorkspaceRequest, "method" | "body">,
): AsyncIterable<T> {
  return readPages(async (link) => {
    const query = link === undefined ? request.query : queryOf(link);
    const page = await workspace.send<ResourcePage<T> | null>({
      ...request,
      method: "GET",
      ...(query !== undefined && { query }),
    });
    const items = Array.isArray(page?.value) ? page.value.filter(isFields) : [];
    return { items: items as T[], next: textOf(page?.nextLink) };
  });
}

/** Reads a whole list of Resource Manager. @throws {UserError} `azure.*`, `network.*`. */
export async function allResources<T>(
  workspace: Workspace,
  request: Omit<WorkspaceRequest, "method" | "body">,
): Promise<T[]> {
  return await Array.fromAsync(listResources<T>(workspace, request));
}

function queryOf(nextLink: string): Readonly<Record<string, string>> {
  const url = URL.canParse(nextLink, "https://any") ? new URL(nextLink, "https://any") : undefined;
  return Object.fromEntries(url?.searchParams ?? []);
}
