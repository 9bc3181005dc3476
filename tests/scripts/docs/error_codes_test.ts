import { deepEqual, ok } from "node:assert/strict";
import { ERROR_CODES } from "../../../scripts/docs/error_codes.ts";
import { networkRows, refusalRows } from "../../../scripts/docs/refusal_tables.ts";

const SRC = new URL("../../../src/", import.meta.url);

/** Parts of `src` whose codes are Azure's, or no codes of errors. */
const OTHERS = ["emulator/", "kedro/sandbox/", "page/", "azureml/errors/known_errors.ts"];

/** A code after `code:`, also in a condition, or as an argument. */
const CODE = /(?:code:[^,;{}]*?|[?:(=] |\(\s*)"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)"/g;

/** Functions that add an area to the code that they get first. */
const HELPERS: Readonly<Record<string, string>> = {
  projectError: "project",
  pipelineError: "pipeline",
  snapshotError: "snapshot",
};
const HELPED = new RegExp(`(?<!function )(${Object.keys(HELPERS).join("|")})\\(\\s*"([a-z_]+)"`, "g");

/** Codes that are composed, or have no area. */
const COMPOSED = [
  ...["bug", "interrupted", "auth.declined", "auth.too_late"],
  ...["kedro.catalog", "kedro.context", "kedro.parameters"],
  ...["schedule.hours", "schedule.minutes", "schedule.start_time"],
  ...["config.schema", "schedule.config"],
];

/** Text that looks like a code: names of files, keys of azureml.yml, commands of CI services. */
const NO_CODE =
  /\.(exe|html|js|yml|yaml|json|toml|txt|md|com|net|git|log|snapshot|zip|wasm)$|^(task|oc|commander|cron|recurrence|limits|history|execution|km)\.|^ci\.job$/;

function* filesIn(folder: URL): Iterable<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesIn(new URL(`${name}/`, folder));
    else if (/\.tsx?$/.test(name)) yield new URL(name, folder);
  }
}

function usedCodes(): ReadonlySet<string> {
  const used = new Set<string>(COMPOSED);
  for (const file of filesIn(SRC)) {
    if (OTHERS.some((part) => file.pathname.startsWith(SRC.pathname + part))) continue;
    const text = Deno.readTextFileSync(file);
    for (const [, code] of text.matchAll(CODE)) if (!NO_CODE.test(code!)) used.add(code!);
    for (const [, helper, code] of text.matchAll(HELPED)) used.add(`${HELPERS[helper!]}.${code}`);
  }
  return used;
}

Deno.test("ERROR_CODES explains each code of an error or warning, and no other", () => {
  const used = usedCodes();
  const explained = new Set([...refusalRows(), ...networkRows()].map(([code]) => code!.replaceAll("`", "")));
  const missing = [...used].filter((code) => !(code in ERROR_CODES) && !explained.has(code));
  const stale = Object.keys(ERROR_CODES).filter((code) => !used.has(code));
  ok(missing.length === 0, `add to scripts/docs/error_codes.ts what these mean: ${missing.join(", ")}`);
  ok(stale.length === 0, `nothing has these codes any more: ${stale.join(", ")}`);
});

Deno.test("ERROR_CODES is sorted by code", () => {
  deepEqual(Object.keys(ERROR_CODES), Object.keys(ERROR_CODES).toSorted());
});

Deno.test("explanations of ERROR_CODES begin with a word or code, and end with a period", () => {
  for (const [code, text] of Object.entries(ERROR_CODES)) ok(/^[\w`].*\.$/.test(text), code);
});
