/** `systemData` of most resources. */
export const MADE = {
  createdAt: "{time}",
  createdBy: "{text}",
  createdByType: "{word}",
  lastModifiedAt: "{time}",
  lastModifiedBy: "{text}",
  lastModifiedByType: "{word}",
};

/** `systemData` of a data asset that was never changed: it names no one for the last change. */
export const MADE_ONCE = {
  createdAt: "{time}",
  createdBy: "{text}",
  createdByType: "{word}",
  lastModifiedAt: "{time}",
};

/** `systemData` of a job. */
export const MADE_JOB = { createdAt: "{time}", createdBy: "{text}", createdByType: "{word}" };

/** Headers of each answer of Azure ML. */
export const STANDARD = { "x-ms-response-type": "standard", "retry-after": null };

/** Headers of each refusal. */
export const REFUSED = { "x-ms-response-type": "error", "content-type": "application/json; charset=utf-8" };

const TYPE = "Microsoft.MachineLearningServices/workspaces";

/** The type of a resource. */
export function typeOf(kinds: string): string {
  return `${TYPE}/${kinds}`;
}

/** The body of Azure ML's own errors; the codes lead to the innermost one. */
export function refusal(code: string, message: string, ...inner: readonly string[]) {
  const info = (type: string, value: unknown) => ({ type, info: { value } });
  const chain = inner.reduceRight<object | null>((innerError, code) => ({ code, innerError }), null);
  return {
    error: {
      code,
      message,
      details: [],
      additionalInfo: [
        info("ComponentName", "managementfrontend"),
        info("Correlation", { operation: "{hex}", request: "{hex}" }),
        info("Environment", "{word}"),
        info("Location", "{word}"),
        info("Time", "{time}"),
        ...(chain === null ? [] : [info("InnerError", chain)]),
      ],
    },
  };
}

/** The environment that most tests of azure-ai-ml run in. */
export const CURATED = "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu";
