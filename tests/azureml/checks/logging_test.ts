import { deepEqual } from "node:assert/strict";
import { OFFLINE_CHECKS, runChecks } from "../../../src/azureml/checks/all_checks.ts";
import { readConfFiles } from "../../../src/config/conf_files.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { fakeContext } from "../../fakes/context.ts";
import { subject } from "./subject.ts";

const LOGGING = `version: 1
formatters: {plain: {"()": shop.Plain}}
handlers:
  rich: {class: rich.logging.RichHandler}
  kedro: {class: kedro.logging.RichHandler}
  file: {class: logging.handlers.RotatingFileHandler}
  bare: {class: StreamHandler}
`;

/** What validate says about conf/logging.yml with a requirement of Kedro; real Kedro 1.2 to 1.7 refuses the same. */
async function found(versions: string, passedVariables: readonly string[] = []) {
  const ctx = fakeContext({ files: { "/p/conf/logging.yml": LOGGING } });
  const options = { root: "/p", env: "local", settings: DEFAULT_LOADER_SETTINGS };
  const requirements = [{ name: "kedro", extras: [], versions, place: { file: "conda.yml" } }];
  const one = subject({
    conf: await readConfFiles(ctx, options),
    environments: { of: () => ({ requirements, file: "conda.yml" }) },
    passedVariables,
    code: undefined,
  });
  return runChecks(one, OFFLINE_CHECKS).filter(({ code }) => code === "config.logging")
    .map(({ severity, message, place }) => `${severity} ${place?.line} ${message.split(" is ")[0]}`);
}

Deno.test("validate rejects an invalid conf/logging.yml", async () => {
  const rich = 'Class "rich.logging.RichHandler"';
  deepEqual(await found("~=1.7"), ["error 2 Key `()`", `error 4 ${rich}`]);
  deepEqual(await found("~=1.4.0"), ["error 2 Key `()`"]);
  deepEqual(await found(">=1.2"), ["warning 2 Key `()`", `warning 4 ${rich}`]);
  deepEqual(await found("==1.2.0"), []);
  deepEqual(await found("~=1.7", ["KEDRO_LOGGING_MODULE_ALLOWLIST"]), ["error 2 Key `()`"]);
  deepEqual(await found("~=1.7", ["KEDRO_LOGGING_CONFIG"]), []);
});
