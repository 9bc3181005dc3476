import { equal } from "node:assert/strict";
import { makeWorld, type WorldOptions } from "../world.ts";
import type { Variation } from "./variations.ts";

/** The option with which commands read the project from a file, which is faster. */
export const SNAPSHOT = "--snapshot /snapshot.json";

const snapshot = await (async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("inspect --json");
  return new TextEncoder().encode(ctx.stdout());
})();

/** The path below the workspace, or the whole URL of another service. */
function pathOf(url: string): string {
  return /^https:\/\/management\.azure\.com\/.*\/workspaces\/[^/]+\/([^?]*)/i.exec(url)?.[1] ?? url;
}

async function varied(
  request: Request,
  { request: sent = (text) => text, answer: change = (answer) => answer }: Variation,
  fetch: (request: Request) => Promise<Response>,
): Promise<Response> {
  const text = request.body === null ? undefined : new Uint8Array(await request.clone().arrayBuffer());
  const isJson = request.headers.get("content-type")?.includes("json");
  const response = await fetch(
    new Request(sent(request.url), {
      method: request.method,
      headers: request.headers,
      signal: request.signal,
      ...(text && { body: isJson ? sent(new TextDecoder().decode(text)) : text }),
    }),
  );
  const path = pathOf(request.url);
  if (/^https:\/\/(login|[^/]*\.blob)\./.test(path) || path.includes("/metadata/")) return response;
  const type = response.headers.get("content-type") ?? "";
  const content = type.includes("json") ? await response.text() : "";
  if (content === "" && !type.includes("json") && response.status < 400) {
    const { status, headers, body } = change(
      { status: response.status, headers: response.headers, body: undefined },
      request,
      path,
    );
    return status === response.status
      ? new Response(response.body, { status, headers })
      : answerOf(status, headers, body);
  }
  const before = content === "" ? undefined : JSON.parse(content);
  const { status, headers, body } = change(
    { status: response.status, headers: response.headers, body: before },
    request,
    path,
  );
  return answerOf(status, headers, body);
}

function answerOf(status: number, headers: Headers, body: unknown): Response {
  const kept = new Headers(headers);
  kept.delete("content-length");
  return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: kept });
}

/** A workspace that answers in another form. */
export function variedWorld(variation: Variation, options: WorldOptions = {}) {
  let handler: ((request: Request) => Promise<Response>) | undefined;
  const sent: string[] = [];
  const world = makeWorld({
    ...options,
    fetch: (request) => {
      const path = pathOf(request.url);
      if (path !== request.url) sent.push(`${request.method} ${path}`);
      return varied(request, variation, (changed) => world.azure.fetch(changed));
    },
    serve: (given) => {
      handler = given;
      return Promise.resolve({ port: 4711, finished: Promise.resolve() });
    },
  });
  world.ctx.files.set("/snapshot.json", snapshot);
  return {
    ...world,
    /** Runs a command and returns what it printed; fails for another exit code. */
    async does(line: string, exit = 0): Promise<string> {
      const [out, err] = [world.ctx.stdout().length, world.ctx.stderr().length];
      const ended = await world.kedroAzureml(line);
      const text = world.ctx.stdout().slice(out) + world.ctx.stderr().slice(err);
      equal(ended, exit, `${line}: exit ${ended}\n${text}\n${sent.slice(-12).join("\n")}`);
      return text;
    },
    /** Requests to the workspace since the last call. */
    sent: () => sent.splice(0),
    get: (url: string, headers: Record<string, string> = {}) =>
      handler!(new Request(new URL(url, "http://127.0.0.1:4711/"), { headers })),
  };
}

/** A workspace that answers in another form, and what runs commands in it. */
export type VariedWorld = ReturnType<typeof variedWorld>;
