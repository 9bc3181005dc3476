import { join, relative, sep } from "node:path";
import type { Finding } from "../../azureml/checks/finding.ts";
import type { Context } from "../../core/context.ts";
import type { Validated } from "../../app/check/validate.ts";

/**
 * Shows findings where a CI system shows them: beside the lines of a pull request under GitHub Actions, in the
 * summary of a run under Azure Pipelines. Both read standard error too. Elsewhere nothing is written.
 */
export function annotate(
  { env, terminal }: Pick<Context, "env" | "terminal">,
  { findings, root }: Readonly<Pick<Validated, "findings" | "root">>,
): void {
  const write = env.GITHUB_ACTIONS === "true"
    ? (one: Finding) => githubCommand(one, fileIn(root, env.GITHUB_WORKSPACE))
    : env.TF_BUILD !== undefined
    ? (one: Finding) => azureCommand(one, (file) => join(root, file))
    : undefined;
  if (write === undefined) return;
  for (const finding of findings) {
    const line = write(finding);
    if (line !== undefined) terminal.command(line);
  }
}

/** A command of GitHub Actions; files are named from the checkout's top on. */
export function githubCommand(finding: Finding, fileOf: (file: string) => string): string {
  const { severity, code, place } = finding;
  const properties = [
    ...(place === undefined ? [] : [
      ["file", fileOf(place.file)],
      ["line", place.line],
      ["col", place.line === undefined ? undefined : place.column],
    ]),
    ["title", code],
  ].filter(([, value]) => value !== undefined);
  const command = { error: "error", warning: "warning", note: "notice" }[severity];
  const text = properties.map(([name, value]) => `${name}=${githubProperty(String(value))}`).join(",");
  return `::${command} ${text}::${githubText(textOf(finding))}`;
}

/** A command of Azure Pipelines, which has none for notes. */
export function azureCommand(finding: Finding, fileOf: (file: string) => string): string | undefined {
  const { severity, code, place } = finding;
  if (severity === "note") return undefined;
  const properties = [
    ["type", severity],
    ...(place === undefined ? [] : [
      ["sourcepath", fileOf(place.file)],
      ["linenumber", place.line],
      ["columnnumber", place.line === undefined ? undefined : place.column],
    ]),
    ["code", code],
  ].filter(([, value]) => value !== undefined);
  const text = properties.map(([name, value]) => `${name}=${azureProperty(String(value))};`).join("");
  return `##vso[task.logissue ${text}]${azureText(textOf(finding))}`;
}

function textOf({ message, details = [], jobs, hint }: Finding): string {
  const who = jobs === undefined ? [] : [`${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`];
  return [message, ...details, ...who, ...(hint === undefined ? [] : [`hint: ${hint}`])].join("\n");
}

function fileIn(root: string, checkout: string | undefined): (file: string) => string {
  return (file) => {
    const path = checkout === undefined ? file : relative(checkout, join(root, file));
    return path.startsWith("..") ? file : path.replaceAll(sep, "/");
  };
}

function githubText(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function githubProperty(text: string): string {
  return githubText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function azureText(text: string): string {
  return text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function azureProperty(text: string): string {
  return azureText(text).replaceAll("]", "%5D").replaceAll(";", "%3B");
}
