import { createHash } from "node:crypto";
import { pythonJson } from "../../../core/text/python_json.ts";
import { uuidForm } from "../code/hash.ts";

/**
 * Derives the version of an anonymous component from its content, as azure-ai-ml does, so that equal steps of
 * different jobs share a component.
 *
 * @param spec The `componentSpec` to send; its name, version, id and `_source` are ignored.
 * @returns The first half of the hash in the form of a UUID.
 */
export function componentVersion(spec: Readonly<Record<string, unknown>>): string {
  const { name: _name, version: _version, id: _id, _source, ...content } = spec;
  return uuidForm(createHash("sha256").update(pythonJson(content, { sortKeys: true })).digest("hex"));
}
