import type { Command } from "commander";
import type { Strictness } from "../../app/check/check.ts";
import type { ListedFiles, Validated } from "../../app/check/validate.ts";
import type { Severity } from "../../azureml/checks/finding.ts";
import type { CodeSelection, LeftOut } from "../../azureml/job/code/walk.ts";
import { placeText } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { bytesOf, countText, sizeText } from "../../core/format.ts";
import { shownName } from "../../core/untrusted.ts";
import { command, type CommandContext } from "../parse/command.ts";
import { flag } from "../parse/field.ts";
import type { GlobalOptions } from "../parse/global_options.ts";
import {
  checking,
  compiling,
  inWorkspaceForAll,
  jobNames,
  NOT_ALL_AND_JOB,
  reading,
} from "../parse/options.ts";
import type { Output } from "../text/output.ts";

export const validate = command({
  name: "validate",
  about: "Find what would fail in Azure ML, before you submit",
  examples: [
    ["validate", "Check all jobs, offline"],
    ["validate main --online --strict", "Check a job against the workspace, and fail on warnings"],
    ["validate main --group-by chain", "See how many container starts grouping saves"],
  ],
  needs: ["pipelines"],
  args: jobNames("jobs in azureml.yml (default: all)"),
  options: {
    online: flag(
      "--online",
      "also check workspace, role, computes, environment and data",
    ),
    ...checking,
    all: flag("--all", "all jobs (the default)", { rules: [NOT_ALL_AND_JOB], isRare: true }),
    ...inWorkspaceForAll,
    ...compiling,
    ...reading,
  },
  async run(ctx, typed, command) {
    const [{ validateJobs }, show] = await Promise.all([
      import("../../app/check/validate.ts"),
      openFindings(ctx, typed, command),
    ]);
    const validated = await validateJobs(ctx, typed);
    return renderValidated(validated, show(validated, validated.jobs));
  },
});

interface ShownFindings {
  readonly lines: readonly string[];
  readonly hidden: number;
  readonly strict: boolean;
  readonly exit: ExitCode;
}

/** Loads what shows findings, here and in CI systems: most notes only with `--verbose`. */
async function openFindings(ctx: CommandContext, { strict = false }: Strictness, command: Command) {
  const [{ exitCodeForFindings, findingLines, isDifference }, { annotate }] = await Promise.all([
    import("../../app/check/check.ts"),
    import("../terminal/ci.ts"),
  ]);
  const { verbose = false } = command.optsWithGlobals<GlobalOptions>();
  return (found: Pick<Validated, "findings" | "root">, jobs: readonly string[] = []): ShownFindings => {
    const findings = found.findings.filter(({ severity, code }) =>
      // What grouping saves was asked for.
      verbose || severity !== "note" || code === "job.groups" || isDifference({ code })
    );
    annotate(ctx, { ...found, findings });
    return {
      lines: findingLines(findings, jobs),
      hidden: found.findings.length - findings.length,
      strict,
      exit: exitCodeForFindings(findings, strict),
    };
  };
}

function renderValidated(
  { jobs, findings, online }: Validated,
  { strict, lines, hidden, exit }: ShownFindings,
): Output {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const counts = { errors: count("error"), warnings: count("warning"), notes: count("note") };
  return {
    data: { ok: exit === ExitCode.Ok, jobs, online, strict, counts, findings },
    text: `${[...lines, summary(jobs, counts, exit)].join("\n")}${
      hidden === 0
        ? ""
        : `, ${countText(hidden, "hidden note")} (add \`--verbose\` to see ${hidden === 1 ? "it" : "them"})`
    }\n`,
    exit,
  };
}

function summary(
  jobs: readonly string[],
  { errors, warnings }: Readonly<Record<"errors" | "warnings", number>>,
  exit: ExitCode,
): string {
  const mark = exit === ExitCode.Ok ? "✓" : "✗";
  // Without jobs, but with errors, the project could not be read.
  if (jobs.length === 0 && errors > 0) return `${mark} ${countText(errors, "error")}`;
  return `${mark} ${countText(jobs.length, "job")}: ${countText(errors, "error")}, ${
    countText(warnings, "warning")
  }`;
}

export const files = command({
  name: "files",
  about: "Show files to upload, and why others are excluded",
  examples: [["files", "List what would be uploaded, and what is excluded and why"]],
  options: { ...checking, ...reading },
  async run(ctx, typed, command) {
    const [{ listFiles }, show] = await Promise.all([
      import("../../app/check/validate.ts"),
      openFindings(ctx, typed, command),
    ]);
    const listed = await listFiles(ctx, typed);
    return renderFiles(listed, show(listed));
  },
});

const LARGEST = 5;

function renderFiles(
  { folder, selection, findings }: ListedFiles,
  { lines: shown, exit }: ShownFindings,
): Output {
  if (selection === undefined) {
    const text = "Nothing is uploaded: the environment holds the code (`execution.code_directory` is null)\n";
    return { data: { folder: null, files: [], leftOut: [], sizeBytes: 0, findings: [] }, text };
  }
  const { files, leftOut } = selection;
  const sizeBytes = bytesOf(files);
  const lines = [
    ...files.map(({ name, sizeBytes, keepsFolder }) =>
      `${sizeText(sizeBytes).padStart(10)}  ${shownName(name)}${
        keepsFolder ? "  (made, to keep the folder)" : ""
      }`
    ),
    ...leftOutLines(leftOut),
    ...largestLines(selection),
    ...shown,
    `${exit === ExitCode.Ok ? "✓" : "✗"} ${countText(files.length, "file")} of ${folder}, ${
      sizeText(sizeBytes)
    }${leftOut.length === 0 ? "" : `; ${leftOut.length} excluded`}`,
  ];
  return {
    data: {
      folder,
      ignoreFile: selection.ignoreFile ?? null,
      sizeBytes,
      files: files.map(({ name, sizeBytes, keepsFolder }) => ({
        name,
        sizeBytes,
        ...(keepsFolder && { made: true }),
      })),
      leftOut,
      findings,
    },
    text: lines.join("\n") + "\n",
    exit,
  };
}

function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const width = Math.min(40, Math.max(...leftOut.map(({ name }) => name.length)));
  return ["Excluded", ...leftOut.map((file) => `  ${shownName(file.name).padEnd(width)}  ${whyText(file)}`)];
}

function whyText({ reason, pattern, place }: LeftOut): string {
  return place === undefined ? reason : `${placeText(place)}: ${pattern}`;
}

function largestLines({ files }: CodeSelection): string[] {
  if (files.length <= LARGEST * 2) return [];
  const largest = files.toSorted((a, b) => b.sizeBytes - a.sizeBytes).slice(0, LARGEST);
  return [
    "Largest",
    ...largest.map(({ name, sizeBytes }) => `${sizeText(sizeBytes).padStart(10)}  ${shownName(name)}`),
  ];
}
