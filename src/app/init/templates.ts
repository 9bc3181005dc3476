import type { WorkspaceConfig } from "../../config/schema.ts";
import ignored from "./amlignore.txt" with { type: "text" };
import template from "./azureml.yml" with { type: "text" };
import { parseIgnoreFile } from "../../azureml/job/code/ignore.ts";

/**
 * Path of the schema of azureml.yml that `init` writes into a project with this folder. Not in conf/, where Kedro would
 * read it as configuration.
 */
export const SCHEMA_FILE = ".vscode/azureml.schema.json";

/** Values that `init` fills into azureml.yml; missing ones become placeholders. */
export interface InitValues {
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly workspace?: string;
  readonly compute?: string;
  readonly environment?: string;
}

const PLACEHOLDERS: Readonly<Record<keyof InitValues, string>> = {
  subscriptionId: "<subscription id>",
  resourceGroup: "<resource group>",
  workspace: "<workspace>",
  compute: "<compute cluster>",
  environment: "<environment>@latest",
};

/** The keys of {@linkcode InitValues}, in the order of azureml.yml. */
export const VALUES = Object.keys(PLACEHOLDERS) as readonly (keyof InitValues)[];

/** The workspace of these values, with placeholders for missing ones. */
export function workspaceOf(values: Partial<InitValues>): WorkspaceConfig {
  const { subscriptionId, resourceGroup, workspace } = { ...PLACEHOLDERS, ...values };
  return { subscription_id: subscriptionId, resource_group: resourceGroup, name: workspace };
}

export function openValues(text: string): (keyof InitValues)[] {
  return VALUES.filter((key) => text.includes(quoted(PLACEHOLDERS[key])));
}

/** Fills values in the placeholders of an azureml.yml; all other text stays. */
export function fillIn(text: string, values: InitValues): string {
  return openValues(text).reduce((filled, key) => {
    const value = values[key];
    return value === undefined ? filled : filled.replaceAll(quoted(PLACEHOLDERS[key]), () => quoted(value));
  }, text);
}

/** The text of azureml.yml for a new project, with comments on its keys. @param schema The path from it to the schema. */
export function azuremlYml(values: InitValues, conf: string, schema: string | undefined): string {
  const head = schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`;
  return fillIn(head + template.replace("<<conf>>", () => conf), values);
}

/** Quotes text for YAML. A literal `${` is escaped, because Kedro would interpolate it. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll("${", "\\${"));
}

/**
 * The text of .amlignore for a new project, with the patterns of a .gitignore.
 *
 * @param options.conf The configuration folder.
 * @param options.needed Files to upload even if git ignores them.
 */
export function amlignore(
  gitignore: string,
  { conf, needed }: { readonly conf: string; readonly needed: readonly string[] },
): string {
  const text = ignored.replaceAll("<<conf>>", () => conf);
  const own = new Set(text.split("\n"));
  const lines = gitignore.split(/\r\n|\r|\n/).map((line) => line.trimEnd());
  const negated = lines.findIndex((line) => line.startsWith("!"));
  // After a `!` line, a line is needed again. What git keeps of data/ is not uploaded all the same.
  const added = lines.filter((line, at) =>
    line !== "" && !/^(?:#|!\/?data\/)/.test(line) && (!own.has(line) || negated >= 0 && at > negated)
  );
  if (added.length === 0) return text;
  const rules = parseIgnoreFile(added.join("\n"), ".gitignore");
  const included = needed.filter((name) => rules.excludedBy(name) !== undefined).map((name) => `!${name}`);
  const all = ["", "# From .gitignore.", ...added];
  if (added.some((line) => line.startsWith("!"))) all.push(`${conf}/**/credentials*`);
  if (included.length > 0) all.push("", "# Steps need these all the same.", ...included);
  return `${text}${all.map((line) => `${line}\n`).join("")}`;
}
