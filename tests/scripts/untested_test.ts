import { deepEqual } from "node:assert/strict";
import { ERROR_CODES } from "../../scripts/docs/error_codes.ts";
import { visit } from "../../src/cli/command/command_tree.ts";
import { createProgram } from "../../src/cli/program.ts";
import { fakeContext } from "../fakes/context.ts";

/** Codes and options that no test meets yet. Add no others: write a test. */
const UNTESTED: readonly string[] = [
  "--empty",
  "--no-open",
  "--shell",
  "--state",
  "auth.aadsts53003",
  "auth.refused",
  "auth.session_damaged",
  "auth.session_not_first",
  "auth.tenant_required",
  "azure.busy",
  "callback.failed",
  "cancel_previous.no_branch",
  "ci.not_told",
  "code.module_not_uploaded",
  "compile.code_not_a_folder",
  "compile.processes_ignored",
  "compile.same_file",
  "config.deprecated",
  "config.key",
  "config.localhost",
  "config.merge",
  "config.no_experiment",
  "config.no_folder",
  "dataset.asset_type",
  "dataset.removed_class",
  "datastore.no_container",
  "datastore.no_default",
  "datastore.not_found",
  "download.model",
  "download.refused",
  "emulator.ca_file",
  "emulator.gone",
  "emulator.no_home",
  "emulator.not_started",
  "emulator.notice",
  "emulator.running",
  "environment.kedro_version",
  "environment.python_version",
  "file.refused",
  "file.too_large",
  "init.requirement",
  "job.no_browser",
  "job.no_pipeline",
  "job_list.cut",
  "kedro.env_withheld",
  "kedro.exit",
  "kedro.folder_name",
  "kedro.out_of_memory",
  "kedro.timeout",
  "kept.no_job",
  "machine.clock",
  "migrate.nothing",
  "mlflow.localhost",
  "network.private_link",
  "network.proxy_refused",
  "output.not_written",
  "pack.secret",
  "package.sha256",
  "params.missing",
  "project.unreadable",
  "rehearse.conda_packages",
  "schedule.name",
  "schedule.run_not_named",
  "schedule.same_name",
  "snapshot.resolver",
  "ui.port",
  "usage.package",
  "validate.shown_before",
  "workspace.subscription_id",
];

/** The text of all tests, except for this file and what other programs wrote. */
function textOfTests(folder = "tests"): string {
  return [...Deno.readDirSync(folder)].map(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return ["golden", "recorded"].includes(name) ? "" : textOfTests(path);
    return /\.(?:ts|snap)$/.test(name) && name !== "untested_test.ts" ? Deno.readTextFileSync(path) : "";
  }).join("\n");
}

function* options(): Iterable<string> {
  const flags = new Set<string>();
  visit(createProgram(fakeContext(), () => Promise.resolve()), (command) => {
    for (const { long } of command.options) if (long) flags.add(long);
  });
  yield* flags;
}

Deno.test("every code and option occurs in a test, except for those listed", () => {
  const text = textOfTests();
  const isMet = (word: string) =>
    new RegExp(`(?<![\\w-])${word.replaceAll(".", "\\.")}(?![\\w.-])`).test(text);
  const untested = [...Object.keys(ERROR_CODES), ...options()].filter((word) => !isMet(word));
  deepEqual(untested.sort(), [...UNTESTED].sort());
});
