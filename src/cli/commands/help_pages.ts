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
