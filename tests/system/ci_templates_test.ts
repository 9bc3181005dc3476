import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { ciSetUp } from "../../src/app/init/workflows.ts";
import { runProgram } from "../../scripts/shared/run_program.ts";
import { damage, releaseFolder } from "./release_folder.ts";

const needsShell = { ignore: Deno.build.os === "windows" };

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Result of running the action. */
interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The name of this machine's system on GitHub's runners. */
const RUNNER = { RUNNER_OS: Deno.build.os === "darwin" ? "macOS" : "Linux" };

/** Runs the steps of action.yml as a runner does; only plain references are supported. */
async function runAction(
  folder: string,
  given: Readonly<Record<string, string>>,
  path = Deno.env.get("PATH")!,
): Promise<Run> {
  const action = parse(await Deno.readTextFile("action.yml"));
  const known: Record<string, string> = {
    "github.server_url": "https://git.example",
    "github.action_repository": "some-owner/some-name",
  };
  for (const [name, { default: value = "" }] of Object.entries<{ default?: string }>(action.inputs)) {
    known[`inputs.${name}`] = given[name] ?? value;
  }
  const filled = (text: string) =>
    text.replaceAll(/\$\{\{ ([^}]*) \}\}/g, (_, name) => {
      if (!(name in known)) throw new Error(`The test does not know ${name}`);
      return known[name]!;
    });
  const all = (texts: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, filled(text)]));
  let stdout = "";
  for (const step of action.runs.steps as Step[]) {
    if (step.if !== undefined) {
      strictEqual(step.if, "inputs.job != ''");
      if (known["inputs.job"] === "") continue;
    }
    const paths = join(folder, "paths");
    await Deno.writeTextFile(paths, "");
    const env = {
      ...all(step.env),
      ...RUNNER,
      PATH: path,
      RUNNER_TEMP: join(folder, "temp"),
      GITHUB_ACTION_PATH: Deno.cwd(),
      GITHUB_PATH: paths,
    };
    const ended = await runProgram("bash", ["-e", "-c", step.run], { env, clearEnv: true });
    stdout += ended.stdout;
    if (ended.code !== 0) return ended;
    path = [...(await Deno.readTextFile(paths)).split("\n").filter((line) => line !== ""), path].join(":");
  }
  return { code: 0, stdout, stderr: "" };
}

async function withRelease(use: (folder: string, release: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "action " });
  const release = join(folder, "release");
  try {
    await releaseFolder(release);
    await use(folder, release);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("action installs a release and submits the job", needsShell, async () => {
  await withRelease(async (folder, from) => {
    const inputs = { from, job: "train it", wait: "true", "cancel-previous": "true" };
    const { code, stdout, stderr } = await runAction(folder, inputs);
    strictEqual(code, 0, stderr);
    match(stdout, /Installed kedro-azureml 1\.2\.3/);
    const file = join(folder, "temp/azureml-jobs.json");
    strictEqual(
      stdout.split("\n").at(-1),
      `<submit><--job=train it><--output-file><${file}><--wait-for-completion><--cancel-on-interrupt><--cancel-previous>`,
    );
  });
});

Deno.test(
  "action without a job installs the program",
  needsShell,
  async () => {
    await withRelease(async (folder, from) => {
      const { code, stdout } = await runAction(folder, { from });
      deepStrictEqual([code, /<submit>/.test(stdout)], [0, false]);
      const plain = await runAction(folder, { from, job: "main", wait: "false" });
      match(plain.stdout, /<submit><--job=main><--output-file><[^<]*>$/);
    });
  },
);

Deno.test("action rejects a changed archive", needsShell, async () => {
  await withRelease(async (folder, from) => {
    await damage(from);
    const { code, stderr } = await runAction(folder, { from, job: "main" });
    strictEqual(code, 1);
    match(stderr, /checksum/);
  });
});

Deno.test(
  "action downloads the requested version",
  needsShell,
  async () => {
    await withRelease(async (folder) => {
      // A curl that only prints the requested URL.
      const bin = join(folder, "bin");
      await Deno.mkdir(bin);
      const curl = '#!/bin/sh\nfor last; do :; done\necho "$last" >&2\nexit 22\n';
      await Deno.writeTextFile(join(bin, "curl"), curl, { mode: 0o755 });
      const releases = "https://git.example/some-owner/some-name/releases";
      const asked = async (inputs: Record<string, string>) => {
        const { code, stderr } = await runAction(folder, inputs, `${bin}:${Deno.env.get("PATH")}`);
        strictEqual(code, 1);
        return stderr.split("\n")[0];
      };
      strictEqual(await asked({}), `${releases}/latest/download/SHA256SUMS`);
      strictEqual(await asked({ version: "0.1.0" }), `${releases}/download/v0.1.0/SHA256SUMS`);
      strictEqual(await asked({ version: "v0.1.0" }), `${releases}/download/v0.1.0/SHA256SUMS`);
    });
  },
);

/** Runs both scripts of the Azure Pipelines template with the parameters that an agent fills in. */
async function runTemplate(folder: string, parameters: Readonly<Record<string, string>>) {
  const { steps } = parse(await Deno.readTextFile("azure-pipelines/submit.yml"));
  const filled = (env: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(env).map(([name, text]) => {
        const [, parameter] = text.match(/^\$\{\{ parameters\.(\w+) \}\}$/)!;
        return [name, parameters[parameter!]!];
      }),
    );
  await Deno.mkdir(join(folder, "temp"), { recursive: true });
  const common = { AGENT_TEMPDIRECTORY: join(folder, "temp") };
  const path = Deno.env.get("PATH")!;
  const [install, submit] = steps;
  const installed = await runProgram("bash", ["-c", install.bash], {
    env: { ...filled(install.env), ...common, PATH: path },
    clearEnv: true,
  });
  if (installed.code !== 0) return installed;
  const [, added] = installed.stdout.match(/^##vso\[task\.prependpath\](.*)$/m)!;
  return await runProgram("bash", ["-c", submit.inputs.inlineScript], {
    env: { ...filled(submit.env), ...common, PATH: `${added}:${path}` },
    clearEnv: true,
  });
}

Deno.test("Azure Pipelines template submits a job", needsShell, async () => {
  await withRelease(async (folder, from) => {
    const parameters = { from, job: "train it", wait: "True", cancelPrevious: "False" };
    const { code, stdout, stderr } = await runTemplate(folder, parameters);
    strictEqual(code, 0, stderr);
    strictEqual(
      stdout,
      `<submit><--job=train it><--credential><azure-cli><--output-file><${folder}/temp/azureml-jobs.json>` +
        "<--wait-for-completion><--cancel-on-interrupt>",
    );
  });
});

Deno.test(
  "Azure Pipelines template rejects a changed install.sh",
  needsShell,
  async () => {
    await withRelease(async (folder, from) => {
      await Deno.writeTextFile(join(from, "install.sh"), "\necho more\n", { append: true });
      const { code, stdout } = await runTemplate(folder, {
        from,
        job: "main",
        wait: "True",
        cancelPrevious: "True",
      });
      strictEqual(code, 1);
      match(stdout, /logissue type=error\]The checksum/);
    });
  },
);

for (
  const [repository, says, expected] of [
    ["created in 2025", "echo repo:acme/models", "repo:acme/models:ref:refs/heads/it's"],
    ["created in 2027", "echo repo:acme@1/models@2", "repo:acme@1/models@2:ref:refs/heads/it's"],
    ["unknown to GitHub", "return 1", undefined],
  ] as const
) {
  Deno.test(
    `init --ci github trusts a repository ${repository}`,
    needsShell,
    async () => {
      const commands = ciSetUp("github", {
        project: "shop",
        folder: "",
        branch: "it's",
        repository: "acme/models",
      }).map(({ command }) => command);
      const programs = `gh() { ${says}; }; az() { printf '%s\\n' "$8" | grep subject; }`;
      const script = [programs, ...commands.slice(0, 4)].join("\n");
      const { code, stdout } = await runProgram("sh", ["-c", script]);
      strictEqual(code === 0, expected !== undefined);
      strictEqual(stdout === "" ? undefined : JSON.parse(stdout).subject, expected);
    },
  );
}
