import { type Fields, fields, isFields } from "./fields.ts";

/** Fields that Azure adds to a job and does not accept in a request. */
const AZURES_OWN = ["status", "services", "parentJobName", "isArchived", "sourceJobId"];
/** Properties that Azure adds to a job once it has started. */
const AZURES_PROPERTIES = /^_?azureml\.|^runSource$|^runType$/i;

/** A job's properties as they can be sent again: without what Azure added, and without null. */
export function sendableJob(properties: Fields): Record<string, unknown> {
  const kept = Object.fromEntries(
    Object.entries(withoutNull(properties)).filter(([key]) => !AZURES_OWN.includes(key)),
  );
  const own = Object.entries(fields(kept.properties)).filter(([key]) => !AZURES_PROPERTIES.test(key));
  return { ...kept, isArchived: false, properties: Object.fromEntries(own) };
}

/** Removes unset fields, which Azure returns as null; they must not be sent back. */
export function withoutNull(value: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null)
      .map(([key, one]) => [key, isFields(one) ? withoutNull(one) : one]),
  );
}
