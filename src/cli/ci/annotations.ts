import { relative, resolve, sep } from "node:path";
import type { Finding } from "../../azureml/features/checks/finding.ts";
import type { Context } from "../../core/context.ts";
import { ciSystemOf } from "../../core/env_vars.ts";
import type { Validated } from "../../app/validate/validate.ts";

/**
 * Writes findings to standard error as commands of the CI system: GitHub Actions shows them at the lines of a pull
 * request, Azure Pipelines in the summary of the run. Elsewhere it writes nothing.
 */
export function annotate(
  { env, terminal }: Pick<Context, "env" | "terminal">,
  { findings, root }: Readonly<Pick<Validated, "findings" | "root">>,
): void {
  const system = ciSystemOf(env);
  const write = system === "github"
    ? (finding: Finding) => githubAnnotation(finding, fileIn(root, env.GITHUB_WORKSPACE))
    : system === "azure-pipelines"
    ? (finding: Finding) => azureAnnotation(finding, (file) => resolve(root, file))
    : undefined;
  if (write === undefined) return;
  for (const finding of findings) {
    const line = write(finding);
    if (line !== undefined) terminal.command(line);
  }
}

/** Formats a finding as a GitHub Actions command; file names are relative to the checkout. */
export function githubAnnotation(finding: Finding, fileOf: (file: string) => string): string {
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

/** Formats a finding as an Azure Pipelines command; `undefined` for notes, for which there is none. */
export function azureAnnotation(finding: Finding, fileOf: (file: string) => string): string | undefined {
  const { severity, code, place } = finding;
  if (severity === "note") return undefined;
  const { file, line, column } = place ?? {};
  const properties = {
    type: severity,
    ...(file !== undefined && { sourcepath: fileOf(file) }),
    ...(line !== undefined && { linenumber: String(line) }),
    ...(line !== undefined && column !== undefined && { columnnumber: String(column) }),
    code,
  };
  return azureCommand("task.logissue", properties, textOf(finding));
}

function textOf({ message, details = [], jobs, hint }: Finding): string {
  const who = jobs === undefined ? [] : [`${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`];
  return [message, ...details, ...who, ...(hint === undefined ? [] : [`hint: ${hint}`])].join("\n");
}

function fileIn(root: string, checkout: string | undefined): (file: string) => string {
  return (file) => {
    const path = checkout === undefined ? file : relative(checkout, resolve(root, file));
    return path.startsWith("..") ? file : path.replaceAll(sep, "/");
  };
}

function githubText(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function githubProperty(text: string): string {
  return githubText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Formats a command for Azure Pipelines, such as `##vso[task.logissue type=error;]text`. */
export function azureCommand(
  name: string,
  properties: Readonly<Record<string, string>>,
  text: string,
): string {
  const shown = Object.entries(properties).map(([key, value]) => `${key}=${escaped(value)};`).join("");
  return `##vso[${name}${shown === "" ? "" : ` ${shown}`}]${escapedText(text)}`;
}

function escapedText(text: string): string {
  return text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escaped(text: string): string {
  return escapedText(text).replaceAll("]", "%5D").replaceAll(";", "%3B");
}
