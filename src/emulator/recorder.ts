/** One request as it was answered; what is secret is redacted. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON or form; other content as its size in bytes; `undefined` where there is none. */
  readonly body: unknown;
  /** `undefined` when the connection was cut. */
  readonly status: number | undefined;
}

const SECRET_HEADERS = ["authorization", "x-azureml-token"];
const SECRET_FIELDS = ["client_secret", "client_assertion", "password", "refresh_token", "code"];

/** Describes a request, whose content was read already. */
export function describeExchange(
  request: Request,
  content: Uint8Array,
  status: number | undefined,
): Exchange {
  const headers = Object.fromEntries(
    [...request.headers].map(([name, value]) => [name, SECRET_HEADERS.includes(name) ? "<redacted>" : value]),
  );
  return {
    method: request.method,
    url: withoutSignature(request.url),
    headers,
    body: bodyOf(headers, content),
    status,
  };
}

function withoutSignature(url: string): string {
  return url.replace(/([?&]sig=)[^&]*/g, "$1<redacted>");
}

function bodyOf(headers: Readonly<Record<string, string>>, content: Uint8Array): unknown {
  if (content.length === 0) return undefined;
  const type = headers["content-type"] ?? "";
  const text = () => new TextDecoder().decode(content);
  if (type.startsWith("application/x-www-form-urlencoded")) return formOf(text());
  if (type.startsWith("application/json")) return jsonOf(text());
  return { sizeBytes: content.length };
}

function formOf(text: string): Readonly<Record<string, string>> {
  const entries = [...new URLSearchParams(text)];
  return Object.fromEntries(
    entries.map(([name, value]) => [name, SECRET_FIELDS.includes(name) ? "<redacted>" : value]),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
