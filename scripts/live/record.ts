import type { Exchange } from "../../tests/recorded/recording.ts";

type Fetch = (request: Request) => Promise<Response>;

/** Headers of answers that the client reads. */
const HEADERS = ["location", "azure-asyncoperation", "retry-after", "content-type"];
/** Longer bodies are not recorded. */
const MOST_CHARACTERS = 200_000;

/**
 * Records what Azure ML answers; sign-ins and the content of blobs are not recorded.
 *
 * @param prefix What the names of all that the check makes begin with; it becomes `made`.
 */
export function recording(fetch: Fetch, prefix: string, say: (line: string) => void): Fetch {
  return async (request) => {
    const isJson = request.headers.get("content-type")?.includes("json") ?? false;
    const sent = isJson ? await request.clone().text() : "";
    const response = await fetch(request);
    const isRead = response.headers.get("content-type")?.includes("json") ?? false;
    if (/\/workspaces\/[^/]+/i.test(request.url)) {
      const text = isRead || !response.ok ? await response.clone().text() : "";
      const { method, url } = request;
      const { status, headers } = response;
      say(JSON.stringify(exchangeOf({ method, url, sent, status, headers, text }, prefix)));
    }
    return response;
  };
}

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly sent: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An exchange in the form of tests/recorded: each text of a value is a pattern. */
export function exchangeOf(
  { method, url, sent, status, headers, text }: Heard,
  prefix: string,
): Omit<Exchange, "read"> {
  const of = (value: string) => patternOf(value, prefix);
  const [body, answer] = [sent, text.slice(0, MOST_CHARACTERS)].map((json) => shaped(json, prefix));
  const kept = HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, name.startsWith("content") ? value : of(value)] as const];
  });
  return {
    send: `${method} ${sendOf(url, prefix)}`,
    ...(body !== undefined && { body }),
    status,
    ...(kept.length > 0 && { answerHeaders: Object.fromEntries(kept) }),
    ...(answer !== undefined && { answer }),
  };
}

/** Path and api-version below the workspace, or below the workspace's services. */
function sendOf(url: string, prefix: string): string {
  const { pathname, searchParams } = new URL(url);
  const version = searchParams.get("api-version");
  const query = version === null ? "" : `?api-version=${version}`;
  const [, service = "", below = ""] =
    /^(.*?)\/subscriptions\/.*?\/workspaces\/[^/]+\/?(.*)$/i.exec(pathname) ??
      [];
  const path = pathOf(below, prefix);
  return service === "" ? `${path}${query}` : `https://{=api}${service}{=ws}/${path}${query}`;
}

/** Words that Azure ML's paths consist of, beside names. */
const KINDS =
  /^(?:jobs|schedules|computes|environments|data|datastores|codes|components|versions|labels|registries|runs|children|details|experiment(?:id)?s|artifacts|prefix|contentinfo|cancel|trigger|listSecrets|startPendingUpload|rundata|api|2\.0|mlflow|search|get|metrics|get-history|providers|Microsoft\.[A-Za-z]+|permissions|dataversion|batchGetResolvedUris|serviceinstances|latest|\d+|)$/;

function pathOf(path: string, prefix: string): string {
  return path.split("/").map((part) => nameOf(decodeURIComponent(part), prefix)).join("/");
}

function nameOf(part: string, prefix: string): string {
  if (part.startsWith(prefix)) return `made${part.slice(prefix.length)}`;
  return KINDS.test(part) ? part : /^[0-9a-f-]{36}$/i.test(part) ? "{guid}" : "{text}";
}

/** JSON whose texts are patterns; of a list, the first entry. `undefined` for an empty text. */
function shaped(text: string, prefix: string): unknown {
  if (text === "") return undefined;
  try {
    return shapeOf(JSON.parse(text), "", prefix);
  } catch {
    return patternOf(text, prefix);
  }
}

/** Values of these fields are words of Azure's; a message says why, which is worth keeping. */
const OF_AZURE = /(?:type|state|status|code|stage|mode|tier|priority|kind|access|componentName)$/i;
/** What people write as they like, keys too. */
const FREE = /^(?:tags|environmentVariables|parameters|settings)$/;

/** @param isOthers Whether it is in a list, which other people's things may be in, too. */
function shapeOf(value: unknown, key: string, prefix: string, isOthers = false): unknown {
  if (typeof value === "string") return textOf(value, key, prefix);
  if (Array.isArray(value)) return value.slice(0, 1).map((one) => shapeOf(one, key, prefix, true));
  if (typeof value !== "object" || value === null) return value;
  const isFree = FREE.test(key) || (isOthers && /^(?:inputs|outputs|jobs)$/.test(key));
  return Object.fromEntries(
    Object.entries(isFree ? {} : value)
      .filter(([name]) => /^[A-Za-z_][\w.]*$/.test(name) && !name.startsWith(prefix))
      .map(([name, child]) => [name, shapeOf(child, name, prefix, isOthers)]),
  );
}

function textOf(value: string, key: string, prefix: string): string {
  if (value === "") return value;
  if (OF_AZURE.test(key) && /^[A-Za-z][\w./ -]{0,80}$/.test(value)) return value;
  if (!/^message$/i.test(key)) return patternOf(value, prefix);
  // Quoted values, paths, addresses and ids in a message are names of people's things.
  return value.replaceAll(prefix, "made").replaceAll(
    /'[^']*'|"[^"]*"/g,
    (quoted) => `${quoted[0]}{text}${quoted[0]}`,
  )
    .replaceAll(/https?:\/\/\S+/g, "{url}").replaceAll(/\/subscriptions\/\S+/g, "{text}")
    .replaceAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "{text}")
    .replaceAll(/[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}/gi, "{guid}")
    .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "{text}");
}

function patternOf(value: string, prefix: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return "{guid}";
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)) return "{time}";
  if (/^https?:\/\//.test(value)) return "{url}";
  const below = /^\/subscriptions\/.*?\/workspaces\/[^/]+(\/.*)?$/i.exec(value);
  if (below !== null) return `{=ws}${pathOf(below[1] ?? "", prefix)}`;
  if (/^\d{1,6}$/.test(value)) return value;
  return value.startsWith(prefix) ? nameOf(value, prefix) : "{text}";
}

/** The text of a file of recordings; equal exchanges are one. */
export function recordingsText(
  lines: readonly string[],
  about: { commit: string; recorded: string },
): string {
  const exchanges = [...new Set(lines)].map((line) => ({ ...JSON.parse(line), read: { by: "send" } }));
  const recorded = [{ file: "live-check", ...about, exchanges }];
  return `import type { Recording } from "../recording.ts";

/** What a real workspace answered to scripts/live/main.ts. */
export const live: readonly Recording[] = ${JSON.stringify(recorded, undefined, 2)};
`;
}
