import authentication from "../../../docs/authentication.md" with { type: "text" };
import benchmarks from "../../../docs/benchmarks.md" with { type: "text" };
import ci from "../../../docs/ci.md" with { type: "text" };
import configuration from "../../../docs/configuration.md" with { type: "text" };
import differences from "../../../docs/differences.md" with { type: "text" };
import errors from "../../../docs/errors.md" with { type: "text" };
import firstRun from "../../../docs/first-run.md" with { type: "text" };
import install from "../../../docs/install.md" with { type: "text" };
import json from "../../../docs/json.md" with { type: "text" };
import migrate from "../../../docs/migrate.md" with { type: "text" };
import recipes from "../../../docs/recipes.md" with { type: "text" };
import rehearsal from "../../../docs/rehearsal.md" with { type: "text" };
import report from "../../../docs/report.md" with { type: "text" };
import sandbox from "../../../docs/sandbox.md" with { type: "text" };
import troubleshooting from "../../../docs/troubleshooting.md" with { type: "text" };

/** The pages of the documentation, by the name that `help` takes: the file's name in `docs/`. */
export const PAGES: Readonly<Record<string, string>> = {
  install,
  "first-run": firstRun,
  authentication,
  configuration,
  ci,
  rehearsal,
  report,
  recipes,
  json,
  errors,
  troubleshooting,
  sandbox,
  migrate,
  differences,
  benchmarks,
};

/**
 * A page for a terminal: links to other pages become the command that prints them, and code keeps its text without
 * fences.
 */
export function pageText(markdown: string): string {
  let isCode = false;
  const lines: string[] = [];
  for (const line of markdown.split("\n")) {
    if (/^\s*```/.test(line)) isCode = !isCode;
    else if (isCode) lines.push(line === "" ? "" : `    ${line}`);
    else if (!/^<!--.*-->$/.test(line)) lines.push(withoutLinks(line));
  }
  return lines.join("\n");
}

const LINK = /!?\[([^\]]*)\]\(([^)\s]+)\)/g;

function withoutLinks(line: string): string {
  return line.replace(LINK, (_, text, target) => {
    const page = /^(?:docs\/)?([a-z-]+)\.md(?:#.*)?$/.exec(target)?.[1];
    if (page !== undefined && Object.hasOwn(PAGES, page)) return `${text} (\`kedro-azureml help ${page}\`)`;
    return /^https?:/.test(target) ? `${text} (${target})` : text;
  });
}
