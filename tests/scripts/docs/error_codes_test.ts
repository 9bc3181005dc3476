import { deepEqual, ok } from "node:assert/strict";
import { describedCodes, errorCodes, sourceFiles } from "../../../scripts/docs/error_codes.ts";
import { networkRows, refusalRows } from "../../../scripts/docs/refusal_tables.ts";

/** Parts of `src` whose codes are Azure's, or no codes of errors. */
const OTHERS = /\/src\/(emulator|kedro\/sandbox|page)\/|\/azureml\/errors\/(?:known|storage)_errors\.ts$/;

/** A code after `code:`, also in a condition, or as an argument. */
const CODE = /(?:code:[^,;{}]*?|[?:(=] |\(\s*|, (?="kedro\.))"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)"/g;

/** Codes that are composed, have no area, look like a file, or are a person's in a part that is left out. */
const COMPOSED = [
  ...["bug", "interrupted", "auth.declined", "auth.too_late", "emulator.leads_out"],
  ...["kedro.catalog", "kedro.context", "kedro.parameters"],
  ...["schedule.hours", "schedule.minutes", "schedule.start_time"],
  ...["config.schema", "config.yaml", "schedule.config"],
];

/** Text that looks like a code: names of files, keys of azureml.yml and catalogs, commands of CI services. */
const NO_CODE =
  /\.(conf|exe|html|js|yml|yaml|json|toml|txt|md|com|io|net|git|log|snapshot|zip|wasm)$|^(task|oc|commander|cron|recurrence|limits|history|execution|km)\.|^(ci\.job|dataset\.filepath)$/;

/** The code of the program without comments, by file. */
const SOURCES = [...sourceFiles()].filter(({ pathname }) => !OTHERS.test(pathname))
  .map((file) => Deno.readTextFileSync(file).replaceAll(/^ *(?:\/\/|#).*$/gm, ""));

function usedCodes(): ReadonlySet<string> {
  const found = SOURCES.flatMap((text) => [...text.matchAll(CODE)].map(([, code]) => code!));
  return new Set([...COMPOSED, ...found.filter((code) => !NO_CODE.test(code))]);
}

Deno.test("a comment in src describes each error code once", () => {
  const used = usedCodes();
  const explained = new Set([...refusalRows(), ...networkRows()].map(([code]) => code!.replaceAll("`", "")));
  const described = errorCodes().map(([code]) => code);
  const missing = [...used].filter((code) => !described.includes(code) && !explained.has(code));
  ok(missing.length === 0, `write beside what throws it what these mean: ${missing.join(", ")}`);
  const stale = described.filter((code) => !used.has(code) && !explained.has(code));
  deepEqual([stale, described.filter((code, at) => described.indexOf(code) !== at)], [[], []]);
});

Deno.test("descriptions of codes end with a period", () => {
  for (const [code, text] of errorCodes()) ok(/^[\w`].*\.$/.test(text), code);
});

Deno.test("descriptions of codes may have several lines", () => {
  deepEqual(describedCodes("  // a.b: One\n  //   two.\n  // Three: no code.\n"), [["a.b", "One two."]]);
});
