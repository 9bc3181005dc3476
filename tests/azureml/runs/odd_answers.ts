import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";

/** An HTML page that a gateway returns in place of an answer. */
export const PAGE =
  "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Sign in</p></body></html>";

/** Creates a workspace that sends every request to one function, with the scope of its token as the token. */
export function workspaceOf(answer: (request: Request) => Response | Promise<Response>): Workspace {
  const { clock, random, signal } = fakeContext();
  return openWorkspace({
    ...{ env: {}, random, signal, clock, cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
    fetch: async (request) => answer(request),
    tokens: { getToken: async (scope) => ({ token: scope }) },
  });
}

/** Returns the range that a request asks for, if any. */
export function rangeOf(request: Request): readonly [from: number, to: number] | undefined {
  const found = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  return found === null ? undefined : [Number(found[1]), found[2] === "" ? Infinity : Number(found[2])];
}
