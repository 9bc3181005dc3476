import type { EmulatedWorkspace, World } from "./world.ts";

/** One request to a workspace, taken apart. */
export interface WorkspaceCall {
  readonly world: World;
  readonly workspace: EmulatedWorkspace;
  readonly request: Request;
  /** The path's variable parts, by the names that the route gives them. */
  readonly names: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; `undefined` where there is none. */
  readonly body: unknown;
}

/** What a workspace answers to; `{name}` in the path stands for one part of it. */
export interface Route {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Below the workspace. */
  readonly path: string;
  /** What a role must allow, below `Microsoft.MachineLearningServices/workspaces/`. */
  readonly action: string;
  /** May be asked only with these api-versions; absent: with all that there are. */
  readonly apiVersions?: readonly string[];
  handle(call: WorkspaceCall): Response | Promise<Response>;
}

/** The names in `path` where it fits `pattern`; fixed parts in any case of letters. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [expected, actual] = [pattern.split("/"), path.split("/")];
  if (expected.length !== actual.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const found = actual[index]!;
    if (part.startsWith("{")) names[part.slice(1, -1)] = decodeURIComponent(found);
    else if (part.toLowerCase() !== found.toLowerCase()) return undefined;
  }
  return names;
}
