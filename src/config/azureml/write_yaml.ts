import { stringify } from "yaml";

/** Writes data as YAML that every reader of YAML 1.1 and 1.2 reads alike. */
export function yamlText(data: unknown): string {
  return stringify(data, { version: "1.1", lineWidth: 110, aliasDuplicateObjects: false });
}
