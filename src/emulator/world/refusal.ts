/** What a {@linkcode Refusal} has beside its message. */
export interface RefusalOptions {
  readonly status: number;
  readonly code: string;
  readonly target?: string;
  readonly details?: readonly ErrorDetail[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body, where the service does not answer in Resource Manager's shape; text is XML. */
  readonly body?: unknown;
}

/** One of the problems that an error lists. */
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
}

/** The service says no; {@linkcode createEmulator} turns it into an answer. */
export class Refusal extends Error {
  readonly options: RefusalOptions;

  constructor(message: string, options: RefusalOptions) {
    super(message);
    this.name = "Refusal";
    this.options = options;
  }
}

/** Answers with JSON. */
export function jsonAnswer(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** Answers as the service that refused does. */
export function refused(refusal: Refusal): Response {
  const { status, code, target, details, headers, body } = refusal.options;
  if (typeof body === "string") {
    return new Response(body, { status, headers: { "content-type": "application/xml", ...headers } });
  }
  return jsonAnswer(
    body ??
      { error: { code, message: refusal.message, ...(target && { target }), details: details ?? [] } },
    status,
    headers,
  );
}

/** Azure ML has no such thing. */
export function notFound(what: string): Refusal {
  return new Refusal(`The resource ${what} was not found.`, { status: 404, code: "ResourceNotFound" });
}

/** The request itself is wrong. */
export function badRequest(message: string, options: Partial<RefusalOptions> = {}): Refusal {
  return new Refusal(message, { status: 400, code: "UserError", ...options });
}
