/** The properties of a {@linkcode Refusal} besides its message. */
export interface RefusalOptions {
  readonly status: number;
  readonly code: string;
  readonly target?: string;
  readonly details?: readonly ErrorDetail[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, for services that do not use Resource Manager's format; a string is sent as XML. */
  readonly body?: unknown;
}

/** One entry in the `details` of an error. */
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
}

/** An error response of a service; {@linkcode createEmulator} converts it to a response. */
export class Refusal extends Error {
  readonly options: RefusalOptions;

  constructor(message: string, options: RefusalOptions) {
    super(message);
    this.name = "Refusal";
    this.options = options;
  }
}

/** Creates a JSON response. */
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

/** Converts a refusal to the response of its service. */
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

/** Creates an error with status 404 for a resource. */
export function notFound(what: string): Refusal {
  return new Refusal(`The resource ${what} was not found.`, { status: 404, code: "ResourceNotFound" });
}

/** Creates an error with status 400. */
export function badRequest(message: string, options: Partial<RefusalOptions> = {}): Refusal {
  return new Refusal(message, { status: 400, code: "UserError", ...options });
}
