/**
 * Installs the programs of others that ours works with into `.peers/`, with pip and npm, and runs the tests in
 * `tests/peers` with them: Azurite, azure-ai-ml, the Azure CLI, the Python plugin, oav, linters.
 *
 * `--install` only installs; names after that choose among the peers and tests, such as `task peers azurite` or
 * `task peers tests/peers/azurite_test.ts`.
 */

import { parseArgs } from "node:util";
import { installPeers, PEERS } from "./install.ts";
import { say } from "../shared/run_program.ts";

const { values, positionals } = parseArgs({
  options: { install: { type: "boolean" } },
  allowPositionals: true,
});

/** Runs the tests, showing what they print, and returns how many were skipped, by name. */
async function runTests(
  paths: readonly string[],
): Promise<{ readonly code: number; readonly skipped: readonly string[] }> {
  const args = ["test", "--lock=deno.lock", "--frozen", "--no-check", "-A", "--parallel", ...paths];
  const env = {
    // Most tests wait for programs that wait themselves: azure-ai-ml between two looks at a job, for example.
    DENO_JOBS: String(2 * navigator.hardwareConcurrency),
    // A machine that keeps no compiled modules would compile azure-ai-ml, which takes seconds, at each start of Python.
    PYTHONDONTWRITEBYTECODE: "",
  };
  const tests = new Deno.Command(Deno.execPath(), { args, env, stdout: "piped", stderr: "inherit" }).spawn();
  const kept: Uint8Array[] = [];
  for await (const bytes of tests.stdout) {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    kept.push(bytes);
  }
  const text = await new Response(new Blob(kept as Uint8Array<ArrayBuffer>[])).text();
  // deno-lint-ignore no-control-regex -- colors
  const lines = text.replaceAll(/\x1b\[[\d;]*m/g, "").split("\n");
  return { code: (await tests.status).code, skipped: lines.filter((one) => / \.\.\. ignored/.test(one)) };
}

const isPath = (word: string) => word.includes("/");
const chosen = positionals.filter((word) => !isPath(word));
const unknown = chosen.find((name) => !PEERS.includes(name));
if (unknown !== undefined) {
  say(`There is no peer "${unknown}"; there are ${PEERS.join(", ")}`);
  Deno.exit(2);
}
const names = chosen.length > 0 ? chosen : PEERS;
say(`Installing into .peers/: ${names.join(", ")}`);
const installed = await installPeers(names);
for (const { name, seconds, problem } of installed) {
  say(problem === undefined ? `  ok ${name} (${seconds} s)` : `  FAILED ${name}: ${problem}`);
}
const isMissing = installed.some(({ problem }) => problem !== undefined);
if (values.install) Deno.exit(isMissing ? 1 : 0);

const paths = positionals.filter(isPath);
const { code, skipped } = await runTests(paths.length > 0 ? paths : ["tests/peers"]);
if (skipped.length > 0) say(`Skipped:\n${skipped.map((one) => `  ${one}`).join("\n")}`);
Deno.exit(code !== 0 ? code : isMissing ? 1 : 0);
