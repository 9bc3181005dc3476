import { fileURLToPath } from "node:url";
import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { ACCEPTED, REFUSED } from "../golden_errors.ts";

/** A case that the plugin did not compile. */
interface Case {
  readonly id: string;
  readonly project: string;
  readonly argv: readonly string[];
  readonly env_vars: Readonly<Record<string, string>>;
  readonly exit_code: number;
}

const golden = fileURLToPath(new URL("../../golden/", import.meta.url));
const all: Case[] = JSON.parse(await Deno.readTextFile(`${golden}compile_cases.json`));
const cases = all.filter(({ exit_code }) => exit_code !== 0);

/** Errors without a place in a file. */
const UNPLACED = /^(usage|file)\.|^config\.no_/;

Deno.test("each golden case with an error of the plugin is tested", () => {
  const judged = [...Object.keys(REFUSED), ...Object.keys(ACCEPTED)].sort();
  deepStrictEqual(judged, cases.map(({ id }) => id).sort());
});

for (const one of cases.filter(({ id }) => id in REFUSED)) {
  Deno.test(`compile rejects ${one.id}, as the plugin does`, async () => {
    const code = REFUSED[one.id]!;
    const { exit, stdout, stderr } = await compile(one, code.startsWith("config."));
    match(String(exit), /^[23]$/, stderr);
    const found = [...stdout.split("\n"), ...stderr.split("\n")].filter((line) => line.includes('"error":'));
    const { error } = JSON.parse(found.at(-1)!);
    equal(error.code, code, stderr);
    if (UNPLACED.test(code)) return;
    match(error.place.file, /^(conf|src)\/.+\.(yml|py)$/, stderr);
    ok(error.place.line > 0, stderr);
    if (/^(job|pipeline|compile|catalog)\./.test(code) && error.place.file.endsWith(".yml")) {
      ok(error.place.key, stderr);
    }
  });
}

for (const one of cases.filter(({ id }) => id in ACCEPTED)) {
  Deno.test(`compile accepts ${one.id}, unlike the plugin`, async () => {
    const { exit, stderr } = await compile(one, false);
    equal(exit, 0, stderr);
  });
}

/**
 * Compiles without writing files. Configuration errors are tested with a command that only reads the
 * configuration: V8 aborts if an interpreter is stopped while it starts.
 */
async function compile({ id, project, argv, env_vars }: Case, onlyConfig: boolean) {
  const fs = id === "tiny/compile-output-is-directory"
    ? systemFs
    : { ...systemFs, writeText: async () => {} };
  const ctx = fakeContext({ fs, cwd: `${golden}projects/${project}`, env: env_vars });
  const words = argv.filter((word) => word !== "kedro" && word !== "azureml");
  const typed = onlyConfig ? [...words.slice(0, words.indexOf("compile")), "list-patterns"] : words;
  const exit = await run([...typed, "--json"], ctx);
  return { exit, stdout: ctx.stdout(), stderr: ctx.stderr() };
}
