import { isDeepStrictEqual } from "node:util";
import type { Loose } from "../emulator/client.ts";

/** A property with which recorded answers of Azure differ from its specification of the same version. */
interface Deviation {
  /** The paths of the resources within the workspace. */
  readonly of: RegExp;
  /** Where the property is within `properties`; `*` is any name. */
  readonly at: string;
  /** The recorded values of a property that is not specified. */
  readonly recorded?: readonly unknown[];
  /** What the specification requires and recordings lack. */
  readonly lacked?: unknown;
}

const COMPONENTS = /^components\/[^/]+\/versions\/[^/]+$/;
const JOBS = /^jobs(\/[^/]+)?$/;
const SCHEDULES = /^schedules(\/[^/]+)?$/;
const COMPUTES = /^computes(\/[^/]+)?$/;
const DATASTORES = /^datastores(\/[^/]+)?$/;

const OF_JOBS = [
  "notificationSetting",
  "secretsConfiguration",
  "outputs.*.assetName",
  "outputs.*.assetVersion",
  "outputs.*.pathOnCompute",
  "outputs.*.autoDeleteSetting",
];

/** All known deviations. Recorded answers (tests/recorded) win over the specification. */
const DEVIATIONS: readonly Deviation[] = [
  ...OF_JOBS.map((at) => ({ of: JOBS, at, recorded: [null] })),
  ...OF_JOBS.map((at) => ({ of: SCHEDULES, at: `action.jobDefinition.${at}`, recorded: [null] })),
  { of: COMPONENTS, at: "autoDeleteSetting", recorded: [null] },
  { of: COMPONENTS, at: "stage", recorded: ["Development"] },
  { of: COMPUTES, at: "provisioningWarnings", recorded: [{}] },
  { of: COMPUTES, at: "properties.enableBatchPrivateLink", recorded: [false] },
  { of: DATASTORES, at: "subscriptionId", recorded: [null, "11111111-2222-3333-4444-555555555555"] },
  { of: DATASTORES, at: "resourceGroup", recorded: [null, "rg-golden"] },
  { of: DATASTORES, at: "credentials.secrets", lacked: { secretsType: "AccountKey" } },
];

/** Tells recorded deviations from others, which it leaves to the validator. */
export function recordedDeviations() {
  const unseen = new Set(DEVIATIONS);
  return {
    /** An answer of the resource at `path` without the recorded deviations. */
    without(path: string, response: Loose): Loose {
      if (isMissingCompute(path, response)) return { ...response, ...SPECIFIED_ERROR };
      const body = structuredClone(response.body);
      for (const deviation of DEVIATIONS.filter(({ of }) => of.test(path))) {
        for (const { properties } of body?.value ?? [body]) {
          if (mend(properties, deviation.at.split("."), deviation)) unseen.delete(deviation);
        }
      }
      return { ...response, body };
    },
    /** Deviations that no answer had. */
    unseen: () => [...unseen].map(({ of, at }) => `${of} ${at}`),
  };
}

/** Azure was recorded to answer with 404 and no body where a compute is not there; an error is specified. */
function isMissingCompute(path: string, { statusCode, body }: Loose): boolean {
  return COMPUTES.test(path) && statusCode === "404" && body === undefined;
}

const SPECIFIED_ERROR = { headers: { "content-type": "application/json" }, body: { error: {} } };

/** Takes away what was recorded, or adds what is lacked; false where neither applies. */
function mend(parent: Loose, [name, ...rest]: readonly string[], deviation: Deviation): boolean {
  if (typeof parent !== "object" || parent === null) return false;
  if (name === "*") {
    return Object.values(parent).map((value) => mend(value, rest, deviation)).includes(true);
  }
  if (rest.length > 0) return mend(parent[name!], rest, deviation);
  const { recorded, lacked } = deviation;
  if (recorded === undefined) {
    if (name! in parent) return false;
    parent[name!] = lacked;
    return true;
  }
  if (!(name! in parent) || !recorded.some((value) => isDeepStrictEqual(value, parent[name!]))) return false;
  delete parent[name!];
  return true;
}
