import type { Workspace } from "./workspace.ts";

/** A list that Azure gives page by page. */
export interface PagedRequest {
  /** What is being done, as in "Cannot <action>". */
  readonly action: string;
  /** Below the workspace. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** No further page is asked for once there are so many. */
  readonly atMost?: number;
}

/** @internal One page. */
interface Page<T> {
  readonly value?: readonly T[];
  readonly nextLink?: string | null;
}

/**
 * Reads a list, page after page.
 *
 * Only what a `nextLink` says of the query is taken: the address stays ours, because a token goes there.
 *
 * @throws {UserError} `azure.*`.
 */
export async function allPages<T>(workspace: Workspace, request: PagedRequest): Promise<T[]> {
  const { action, path, atMost = Infinity } = request;
  const found: T[] = [];
  for (let query: Readonly<Record<string, string>> | undefined = request.query ?? {}; query !== undefined;) {
    const page: Page<T> = await workspace.send<Page<T>>({ action, method: "GET", path, query });
    found.push(...page.value ?? []);
    query = found.length < atMost ? queryOf(page.nextLink) : undefined;
  }
  return found.slice(0, atMost === Infinity ? undefined : atMost);
}

function queryOf(nextLink: string | null | undefined): Readonly<Record<string, string>> | undefined {
  return nextLink ? Object.fromEntries(new URL(nextLink).searchParams) : undefined;
}
