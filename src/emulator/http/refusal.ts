import type * as z from "zod";
import { azureTime, type World } from "../state/world.ts";

export type Shape<T> = z.ZodType<T>;

/** Parses a request body. @throws {Refusal} 400 that lists every unknown, missing or mistyped property. */
export function checkBody<T extends z.ZodType>(shape: T, body: unknown): z.infer<T> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const sentences = result.error.issues.flatMap((issue) => problems(issue, []));
  throw badRequest(`The request is invalid: ${sentences.join(" ")}`);
}

function problems(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly string[] {
  const path = [...above, ...issue.path];
  const target = path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      `Could not find member '${key}'. Path '${target === "" ? key : `${target}.${key}`}'.`
    );
  }
  // The alternative of a union with the fewest problems.
  const [closest] = issue.code === "invalid_union"
    ? issue.errors.toSorted((a, b) => a.length - b.length)
    : [];
  if (closest !== undefined) return closest.flatMap((inner) => problems(inner, path));
  return [`Path '${target}': ${issue.message}.`];
}

export type Answering = Pick<World, "clock" | "random" | "links">;

/** An error response of a service; {@linkcode createEmulator} converts it to a response. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly options: {
      readonly status: number;
      readonly code: string;
      /** The codes below it, from the outermost to the innermost, which tells the exact cause. */
      readonly inner?: readonly string[];
      /** Who answers: Azure ML itself, or Resource Manager in front of it (default: Azure ML). */
      readonly from?: "service" | "gateway";
      readonly headers?: Readonly<Record<string, string>>;
      /** The body, for services that do not use Resource Manager's format; `null` is sent as nothing. */
      readonly body?: unknown;
      /** Makes such a body where it needs the world. */
      readonly makeBody?: (world: Answering) => unknown;
    },
  ) {
    super(message);
  }
}

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

export function withIds(
  { clock, random }: Pick<Answering, "clock" | "random">,
  request: Request,
  response: Response,
): Response {
  const id = request.headers.get("x-ms-client-request-id");
  if (id !== null) response.headers.set("x-ms-client-request-id", id);
  response.headers.set("date", clock.now().toUTCString());
  if (!response.headers.has("x-ms-request-id")) response.headers.set("x-ms-request-id", random.uuid());
  return response;
}

export function refused(world: Answering, { message, options }: Refusal): Response {
  const { status, code, inner = [], from = "service", headers = {} } = options;
  const body = options.makeBody === undefined ? options.body : options.makeBody(world);
  if (body === null) return new Response(null, { status, headers: { "content-length": "0", ...headers } });
  if (body !== undefined) return jsonAnswer(body, status, headers);
  if (from === "gateway") {
    return jsonAnswer({ error: { code, message } }, status, { "x-ms-failure-cause": "gateway", ...headers });
  }
  const id = world.random.uuid();
  const error = { code, message, details: [], additionalInfo: additionalInfo(world, id, inner) };
  return jsonAnswer({ error }, status, { "x-ms-request-id": id, ...headers });
}

function additionalInfo(world: Answering, id: string, inner: readonly string[]) {
  const hex = id.replaceAll("-", "");
  const entry = (type: string, value: unknown) => ({ type, info: { value } });
  return [
    entry("ComponentName", "managementfrontend"),
    entry("Correlation", { operation: hex, request: hex.slice(-16) }),
    entry("Environment", "eastus"),
    entry("Location", "eastus"),
    entry("Time", azureTime(world.clock.now())),
    ...(inner.length === 0 ? [] : [entry("InnerError", chain(inner))]),
  ];
}

function chain([code, ...rest]: readonly string[]): { readonly code: string; readonly innerError: unknown } {
  return { code: code!, innerError: rest.length === 0 ? null : chain(rest) };
}

export function notFound(what: string): Refusal {
  return new Refusal(`${what} not found`, { status: 404, code: "UserError", inner: ["NotFound"] });
}

export function badRequest(message: string, options: Partial<Refusal["options"]> = {}): Refusal {
  return new Refusal(message, {
    status: 400,
    code: "UserError",
    inner: ["BadArgument", "ArgumentInvalid"],
    ...options,
  });
}

/** Creates an error of Resource Manager, which answers before Azure ML does. */
export function gatewayError(status: number, code: string, message: string): Refusal {
  return new Refusal(message, { status, code, from: "gateway" });
}

interface EntraRefusal {
  readonly status: number;
  readonly code: number;
  /** The OAuth error, such as `invalid_client`. */
  readonly error: string;
  readonly message: string;
}

export function entraRefused({ status, code, error, message }: EntraRefusal): Refusal {
  return new Refusal(message, {
    status,
    code: error,
    makeBody: (world) => problemBody(world, { code, error, message }),
  });
}

/** The fields of an Entra ID error; a redirect carries only the first two. */
export function problemBody(world: Answering, { code, error, message }: Omit<EntraRefusal, "status">) {
  const [trace, correlation] = [world.random.uuid(), world.random.uuid()];
  const timestamp = world.clock.now().toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
  return {
    error,
    error_description:
      `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `${world.links.authority}/error?code=${code}`,
  };
}

/** An error as run history writes it; `format` contains the name of the parameter. */
export function historyError(status: number, format: string, name: string, value: string): Refusal {
  const code = status === 404 ? "UserError" : "BadRequest";
  const message = format.replace(`{${name}}`, value);
  const error = {
    code,
    severity: null,
    message,
    messageFormat: format,
    messageParameters: { [name]: value },
    referenceCode: null,
    detailsUri: null,
    target: null,
    details: [],
    innerError: { code: status === 404 ? "NotFoundError" : code, innerError: null },
    debugInfo: null,
    additionalInfo: null,
  };
  const makeBody = ({ random, clock }: Answering) => {
    const hex = () => random.uuid().replaceAll("-", "");
    return {
      error,
      correlation: { operation: hex(), request: hex().slice(16) },
      environment: "eastus",
      location: "eastus",
      time: azureTime(clock.now()),
      componentName: "run-history",
      statusCode: status,
    };
  };
  return new Refusal(message, { status, code, makeBody });
}

/** What each service answers at a path, or for a type of resources, where it has nothing. */
export const UNKNOWN_ROUTE: Readonly<
  Record<"host" | "entra" | "resourceManager" | "history" | "mlflow", (at: string) => Refusal>
> = {
  host: (path) => new Refusal(`The emulator has nothing at ${path}`, { status: 404, code: "NotFound" }),
  entra: (path) =>
    entraRefused({
      status: 404,
      code: 900144,
      error: "invalid_request",
      message: `No such operation: ${path}`,
    }),
  resourceManager: (type) =>
    gatewayError(
      404,
      "InvalidResourceType",
      `The resource type '${type}' could not be found in the namespace 'Microsoft.MachineLearningServices'.`,
    ),
  history: (path) => historyError(404, "This emulator has no operation {path}", "path", path),
  mlflow: (path) => mlflowError(404, "ENDPOINT_NOT_FOUND", `No API found for '${path}'`),
};

/** Where a service has something, but not for this method. */
export function methodNotAllowed({ method }: Request): Refusal {
  return gatewayError(
    405,
    "MethodNotAllowed",
    `The requested resource does not support http method '${method}'.`,
  );
}

export function mlflowError(status: number, code: string, message: string): Refusal {
  return new Refusal(message, { status, code, body: { error_code: code, message } });
}
