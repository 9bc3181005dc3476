/** An answer of the emulator whose body is JSON; `undefined` if it has no body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Another form in which Azure could give an answer, without another meaning. */
export interface Variation {
  /** What is sent in place of a request. */
  readonly request?: (text: string) => string;
  /** What is answered instead; `path` is below the workspace in Resource Manager, else the whole URL. */
  readonly answer?: (answer: Answer, request: Request, path: string) => Answer;
  /** Whether errors lack the body that distinguishes a missing resource from a missing workspace. */
  readonly hidesErrors?: boolean;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Applies a change to the resource in an answer, or to each of a list. */
function eachResource(body: unknown, change: (resource: Fields) => Fields): unknown {
  if (!isFields(body)) return body;
  return Array.isArray(body.value) && body.value.every(isFields)
    ? { ...body, value: body.value.map(change) }
    : change(body);
}

/** Applies a change to every object in a value, those in texts excluded. */
function deep(value: unknown, change: (fields: Fields) => Fields): unknown {
  if (Array.isArray(value)) return value.map((one) => deep(one, change));
  if (!isFields(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deep(one, change)])));
}

const ok = (change: (body: unknown, path: string, request: Request) => unknown): Variation => ({
  answer: (answer, request, path) =>
    answer.status < 300 && answer.body !== undefined
      ? { ...answer, body: change(answer.body, path, request) }
      : answer,
});

const properties = (where: RegExp, change: (properties: Fields, resource: Fields) => Fields): Variation =>
  ok((body, path) =>
    where.test(path)
      ? eachResource(
        body,
        (one) => isFields(one.properties) ? { ...one, properties: change(one.properties, one) } : one,
      )
      : body
  );

/** Maps of names that the user chose; everything in them has a meaning. */
const isJob = /^jobs(\/[^/]+)?$/;
const isRun = /\/history\/v1\.0\//;

const withoutNulls = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

const without = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const statuses = (names: Readonly<Record<string, string>>): Variation => ({
  ...ok((body, path) => {
    const renamed = (fields: Fields) =>
      typeof fields.status === "string" && fields.status in names
        ? { ...fields, status: names[fields.status] }
        : fields;
    if (isRun.test(path)) return deep(body, renamed);
    return isJob.test(path)
      ? eachResource(
        body,
        (one) => isFields(one.properties) ? { ...one, properties: renamed(one.properties) } : one,
      )
      : body;
  }),
});

const errors = (
  form: (code: string, message: string) => { body: unknown; headers?: Record<string, string> },
): Variation => ({
  hidesErrors: true,
  answer(answer, _request, path) {
    if (answer.status !== 404 || path.startsWith("https:")) return answer;
    const { code = "NotFound", message = "" } = ((answer.body as Fields | undefined)?.error ?? {}) as Record<
      string,
      string
    >;
    const { body, headers } = form(code, message);
    return { status: 404, headers: new Headers(headers ?? { "content-type": "application/json" }), body };
  },
});

const NOTICE =
  "The specified VMSize STANDARD_D2_V2 has upcoming deprecation and will be retired on 1 May 2028.";

/** The variations, by name. */
export const VARIATIONS: Readonly<Record<string, Variation>> = {
  "its usual responses": {},
  "components with other ids": {
    request: (text) => text.replace(/(azureml_anonymous\/versions\/)([0-9a-f-]{36})/g, turned),
    answer: (answer) => ({
      ...answer,
      body: answer.body === undefined ? undefined : JSON.parse(
        JSON.stringify(answer.body).replace(/(azureml_anonymous\/versions\/)([0-9a-f-]{36})/g, turned)
          .replace(
            /"name":"([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12})"/g,
            (_, id) => `"name":"${turned("", "", id)}"`,
          ),
      ),
    }),
  },
  "components with numbers and booleans": properties(/^components\//, ({ componentSpec, ...rest }) => ({
    ...rest,
    componentSpec: {
      ...componentSpec as Fields,
      resources: { instance_count: 1 },
      is_deterministic: (componentSpec as Fields).is_deterministic === "True",
    },
  })),
  "components without an instance count": properties(/^components\//, ({ componentSpec, ...rest }) => ({
    ...rest,
    componentSpec: without(componentSpec as Fields, "resources"),
  })),
  "components with additional keys": properties(/^components\//, ({ componentSpec, ...rest }) => ({
    ...rest,
    intellectualProperty: { protectionLevel: "none" },
    componentSpec: { ...componentSpec as Fields, successful_return_code: "Zero", additional_includes: [] },
  })),
  "keys in another order": ok((body) =>
    deep(body, (fields) => Object.fromEntries(Object.entries(fields).reverse()))
  ),
  "additional keys": ok((body) =>
    deep(body, (fields) => {
      const isResource = "systemData" in fields || "runId" in fields || "jobType" in fields ||
        "computeType" in fields || "provisioningState" in fields;
      return isResource ? { ...fields, futureKey: { of: ["a later version"] } } : fields;
    })
  ),
  "no nulls": ok((body) => deep(body, withoutNulls)),
  "no optional keys": ok((body, path) =>
    eachResource(body, (one) => {
      const resource = without(one, "systemData", "type", "location", "tags");
      if (!isJob.test(path) || !isFields(resource.properties)) return resource;
      const properties = without(resource.properties, "services", "isArchived", "computeId", "description");
      return { ...resource, properties };
    })
  ),
  "nulls": ok((body, path) =>
    eachResource(body, (resource) => {
      const nothing = { location: null, tags: null, systemData: null, identity: null, sku: null };
      if (!isJob.test(path) || !isFields(resource.properties)) return { ...resource, ...nothing };
      const more = { services: null, description: null, parentJobName: null, notificationSetting: null };
      return { ...resource, ...nothing, properties: { ...resource.properties, ...more } };
    })
  ),
  "runs of steps with properties: null": ok((body, path) =>
    isJob.test(path) && isFields(body) && !("value" in body) && body.properties === undefined
      ? { ...body, properties: null }
      : body
  ),
  "runs with nulls": ok((body, path) =>
    isRun.test(path)
      ? deep(
        body,
        (fields) =>
          "runId" in fields
            ? {
              ...fields,
              tags: null,
              warnings: null,
              inputs: null,
              error: fields.error ?? null,
              target: null,
            }
            : fields,
      )
      : body
  ),
  "unknown values": ok((body) =>
    deep(body, (fields) => ({
      ...fields,
      ...("allocationState" in fields && { allocationState: "Hibernating" }),
      ...("vmPriority" in fields && { vmPriority: "Reserved" }),
      ...("osType" in fields && { osType: "Plan9" }),
      ...("stage" in fields && { stage: "Curated" }),
      ...("runTypeV2" in fields && { runTypeV2: { orchestrator: "Other", traits: null } }),
    }))
  ),
  "renamed early statuses": statuses({
    NotStarted: "Provisioning",
    Preparing: "Starting",
    Queued: "Warming",
  }),
  "unknown late statuses": statuses({ Running: "Finalizing", Preparing: "Unresponsive" }),
  "times without fractions": ok((body) =>
    JSON.parse(JSON.stringify(body).replace(/(:\d\d)\.\d+(\+00:00|Z)"/g, '$1Z"'))
  ),
  "times with seven digits": ok((body) =>
    JSON.parse(JSON.stringify(body).replace(/(T\d\d:\d\d:\d\d)(\.\d+)?(\+00:00|Z)"/g, '$1.1234567+00:00"'))
  ),
  "ids in lower case": ok((body) =>
    deep(
      body,
      (fields) => ({ ...fields, ...(typeof fields.id === "string" && { id: fields.id.toLowerCase() }) }),
    )
  ),
  "lists with nextLink: null": ok((body, path) =>
    isFields(body) && Array.isArray(body.value) && body.value.length > 0 && !("nextLink" in body) &&
      !path.startsWith("https:")
      ? { ...body, nextLink: null }
      : body
  ),
  "other success statuses": {
    answer: (answer, request) =>
      answer.status === 201 || answer.status === 200 && request.method === "PUT" && answer.body !== undefined
        ? { ...answer, status: answer.status === 200 ? 201 : 200 }
        : answer,
  },
  "a notice about the machine type": properties(/^computes(\/|$)/, (compute) => ({
    ...compute,
    properties: {
      ...compute.properties as Fields,
      errors: [{ error: { code: "ClusterHasWarnings", message: NOTICE } }],
    },
  })),
  "schedules without provisioning": {
    answer(answer, request, path) {
      if (!/^schedules\/[^/]+$/.test(path) || answer.status >= 300) return answer;
      const headers = new Headers(answer.headers);
      for (const name of ["azure-asyncoperation", "location"]) headers.delete(name);
      if (request.method === "DELETE") return { status: 204, headers, body: undefined };
      return { ...answer, headers };
    },
  },
  "schedules with only a location": {
    answer(answer, _request, path) {
      if (!/^schedules\/[^/]+$/.test(path) || answer.status >= 300) return answer;
      const headers = new Headers(answer.headers);
      if (headers.get("location")?.includes("mfeOperation")) headers.delete("azure-asyncoperation");
      return { ...answer, headers };
    },
  },
  "a 404 without a body": errors(() => ({ body: undefined, headers: {} })),
  "404 errors of the API gateway": errors((_, message) => ({
    body: { error: { code: "ResourceNotFound", message: message || "The resource was not found." } },
  })),
  "a 404 as a user error": errors((_, message) => ({
    body: {
      error: {
        code: "UserError",
        message,
        details: [],
        additionalInfo: [{ type: "InnerError", info: { value: { code: "NotFound", innerError: null } } }],
      },
    },
  })),
  "a 404 of null": errors(() => ({ body: null })),
  "a 404 with an empty error": errors(() => ({ body: { error: {} } })),
  "a 404 with text as its error": errors(() => ({ body: { error: "not found", message: null } })),
  "404 errors with capitalized keys": errors((code, message) => ({
    body: { Error: { Code: code, Message: message } },
  })),
};

/** Another id for each id, and the first one for the other. */
function turned(_: string, before: string, id: string): string {
  const [a, b, c, d, e] = id.split("-") as [string, string, string, string, string];
  const back = (text: string) => [...text].reverse().join("");
  return `${before}${back(a)}-${back(b)}-${c[0]}${back(c.slice(1))}-${d[0]}${back(d.slice(1))}-${back(e)}`;
}
