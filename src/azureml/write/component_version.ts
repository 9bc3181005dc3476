import { createHash } from "node:crypto";
import { pythonJson } from "../../core/text/python_json.ts";
import { uuidForm } from "../code/hash.ts";

/**
 * Names the version of an anonymous component after its content, as azure-ai-ml does, so that an equal step of another
 * job is the same component.
 *
 * @param spec What goes over the wire as `componentSpec`; its name, version, id and `_source` do not count.
 * @returns The first half of the hash in the form of a UUID.
 */
export function componentVersion(spec: Readonly<Record<string, unknown>>): string {
  const { name: _name, version: _version, id: _id, _source, ...content } = spec;
  return uuidForm(createHash("sha256").update(pythonJson(content, { sortKeys: true })).digest("hex"));
}
