import { placeText, type Warning } from "../../core/errors.ts";
import { LEFT_OUT, leftOutPipeline } from "../../kedro/snapshot.ts";
import { type Finding, warningToFinding } from "./finding.ts";
import type { CheckedJob, Subject } from "./subject.ts";

/** Findings that a job may have only because it lacks the nodes of a module that Kedro left out. */
const FOLLOWING =
  /^(?:dataset\.not_uploaded|submit\.(?:no_steps|undeclared_input)|pipeline\.(?:empty|unknown\w*))$/;

/** Whether a module was left out for what nobody means: a syntax error, or an import of a module that the project does not have. */
export function isMistake({ code, message, place }: Warning, packageName: string): boolean {
  if (code !== LEFT_OUT || place === undefined) return false;
  const own = `'${RegExp.escape(packageName)}[.']`;
  const reasons = [
    "(?:Syntax|Indentation|Tab)Error: ",
    `ModuleNotFoundError: No module named ${own}`,
    `ImportError: cannot import name '[^']*' from (?:partially initialized module )?${own}`,
  ];
  return new RegExp(`": (?:${reasons.join("|")})`).test(message);
}

/** How projects of `kedro new` sum all pipelines that Kedro finds; another sum may be one without what is left out. */
const SUM_OF_ALL = /["']__default__["']\s*(?:\]\s*=|:)\s*sum\(\s*\w+(?:\(\))?\.values\(\)/;

/** A warning as a finding: an error of the jobs that run without the nodes of a module that was left out by mistake. */
export function leftOutFinding(warning: Warning, { jobs, project, source }: Subject): Finding {
  const finding = warningToFinding(warning);
  const isSummed = source.placeOf(SUM_OF_ALL) !== undefined;
  const lacking = jobs.filter((job) => lacks(job, warning, isSummed)).map(({ name }) => name);
  if (lacking.length === 0 || !isMistake(warning, project.packageName)) return finding;
  const hint = `Correct it; to run without these nodes, add \`--allow ${LEFT_OUT}\``;
  return { ...finding, severity: "error", hint, jobs: lacking };
}

/** Says of findings that may follow from a module that Kedro left out that this one is to be corrected first. */
export function afterLeftOut({ warnings, jobs }: Pick<Subject, "warnings" | "jobs">) {
  return (finding: Finding): Finding => {
    const own = jobs.filter(({ name }) => finding.jobs?.includes(name) ?? true);
    const { place } = warnings.find((warning) => own.some((job) => lacks(job, warning))) ?? {};
    if (place === undefined || !FOLLOWING.test(finding.code)) return finding;
    return {
      ...finding,
      hint: `This may follow from the pipeline that Kedro left out: first correct ${placeText(place)}`,
    };
  };
}

/** Whether a job runs the pipeline of a module that was left out, or the default, which may be the sum of all. */
function lacks({ config }: CheckedJob, warning: Warning, isSummed = true): boolean {
  const leftOut = leftOutPipeline(warning);
  if (leftOut === undefined) return false;
  const runs = config.selection?.pipelines ?? [config.pipeline.pipeline_name];
  return isSummed && runs.includes("__default__") || runs.includes(leftOut);
}
