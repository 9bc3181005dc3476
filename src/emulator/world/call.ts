import type { EmulatedWorkspace, World } from "./world.ts";

/** A parsed request to a workspace. */
export interface WorkspaceCall {
  readonly world: World;
  readonly workspace: EmulatedWorkspace;
  readonly request: Request;
  /** Values of the path's placeholders. */
  readonly names: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; `undefined` if there is no body. */
  readonly body: unknown;
}

/** A route below a workspace. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly apiVersions: readonly string[] | undefined;
  readonly handle: (call: WorkspaceCall) => Response | Promise<Response>;
}

/**
 * Makes a route.
 *
 * @param request Method and path, relative to the workspace; `{name}` matches one segment.
 * @param action The action that a role must allow, relative to `Microsoft.MachineLearningServices/workspaces/`.
 * @param apiVersions Allowed api-versions (default: all known).
 */
export function route(
  request: `${"GET" | "PUT" | "POST" | "DELETE"} ${string}`,
  action: string,
  handle: Route["handle"],
  apiVersions?: readonly string[],
): Route {
  const [method = "", path = ""] = request.split(" ");
  return { method, path, action, apiVersions, handle };
}

/** Matches a path against a pattern, ignoring case. @returns its placeholders; `undefined` if it does not fit. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [expected, actual] = [pattern.split("/"), path.split("/")];
  if (expected.length !== actual.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const segment = actual[index]!;
    if (part.startsWith("{")) names[part.slice(1, -1)] = decodeURIComponent(segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return names;
}
