/** A request that the emulator received, without secrets. */
export interface RecordedRequest {
  readonly method: string;
  /** Signatures in it are replaced by `***`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON as a value, a form as an object, other content as its size. */
  readonly body: unknown;
  /** `undefined` if the connection was cut. */
  readonly status: number | undefined;
}

const HIDDEN = "***";
const SECRET_HEADERS = ["authorization", "x-azureml-token"];
const SECRET_FIELDS = [
  "client_secret",
  "client_assertion",
  "refresh_token",
  "code",
  "code_verifier",
  "device_code",
  "password",
];

/** Describes a request without the secrets in it. */
export function recordRequest(
  request: Request,
  bytes: Uint8Array<ArrayBuffer>,
): Omit<RecordedRequest, "status"> {
  return {
    method: request.method,
    url: request.url.replace(/([?&]sig=)[^&]+/, `$1${HIDDEN}`),
    headers: Object.fromEntries(
      [...request.headers].map(([name, value]) => [name, SECRET_HEADERS.includes(name) ? HIDDEN : value]),
    ),
    body: bodyOf(request.headers.get("content-type") ?? "", bytes),
  };
}

function bodyOf(type: string, bytes: Uint8Array<ArrayBuffer>): unknown {
  if (bytes.length === 0) return undefined;
  const isForm = type.startsWith("application/x-www-form-urlencoded");
  if (!isForm && !type.startsWith("application/json")) return { sizeBytes: bytes.length };
  const text = new TextDecoder().decode(bytes);
  if (isForm) {
    const fields = [...new URLSearchParams(text)];
    return Object.fromEntries(
      fields.map(([name, value]) => [name, SECRET_FIELDS.includes(name) ? HIDDEN : value]),
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
