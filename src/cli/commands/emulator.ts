import type { Command } from "commander";
import type { AppContext } from "../../app/context.ts";
import type { FoundEmulator, RunningEmulator } from "../../app/emulator/running.ts";
import type { Context } from "../../core/context.ts";
import { OTHER_VARIABLES } from "../../core/env_vars.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { emulatorPageUrl } from "../../core/net/cloud_hosts.ts";
import { shellWord } from "../../core/untrusted.ts";
import { VERSION } from "../../core/version.ts";
import { command, programOf } from "../parse/command.ts";
import { alike, choice, flag, text, value } from "../parse/field.ts";
import { failing, runningSteps, stepPython } from "../parse/options.ts";
import { portRequest, repeated, workspaceName } from "../parse/values.ts";
import type { Output } from "../text/output.ts";

const OPTIONS = {
  runSteps: flag("--run-steps", "run the steps of jobs on this machine, as `rehearse` does"),
  ...stepPython("with --run-steps, Python interpreter that runs the steps"),
  ...runningSteps,
  state: text("--state <dir>", "keep all data in this folder for the next emulator"),
  port: text("--port <number>", "port to listen on, on 127.0.0.1 (default: a free port)"),
  empty: flag("--empty", "without computes, environments and data assets"),
  ...failing("comma-separated names of steps that fail in every job, such as train,report"),
  ...alike({
    caFile: text("--ca-file <path>", "write the CA certificate that clients must trust to this file"),
    workspaces: value(
      "--workspace <subscription/group/name>",
      "also serve this workspace; needs no project; repeatable",
      workspaceName,
    ),
    computes: value("--compute <name>", "also provide this compute; repeatable", repeated),
    acceptAny: flag("--accept-any", "accept the name of any workspace, compute, environment or data asset"),
  }, { isRare: true }),
};

/**
 * Renders the emulator's URL and how to use it.
 *
 * @param options.python The Python that runs the steps; absent if they are simulated.
 * @param options.shell The shell for whose variables lines are printed, if `--emulator` finds another emulator.
 */
function renderReady(
  { random }: Pick<Context, "random">,
  ready: RunningEmulator,
  { python, shell }: { readonly python?: string | undefined; readonly shell?: PrintedShell | undefined },
): Output {
  const { origin, caFile, env } = ready;
  const steps = python === undefined
    ? "Steps are simulated: no project code runs."
    : `Steps run on this machine with ${python}.`;
  const use = shell === undefined
    ? "# In another terminal, add `--emulator` to any command.\n"
    : `# Another emulator is the one that \`--emulator\` uses. To use this one, run in another terminal:\n${
      variableLines(shell, env)
    }`;
  const page = emulatorPageUrl(ready, random);
  return {
    data: { origin, caFile, env, page },
    text: `# Emulating Azure ML at ${origin} until you press Ctrl+C.\n# ${steps}\n` +
      `# Jobs: ${page}\n${use}`,
    isRaw: true,
  };
}

const start = command({
  name: "start",
  about: "Start an emulator in the background",
  examples: [
    ["emulator start", "Start it, then add `--emulator` to other commands"],
    ["emulator start --run-steps", "Run the steps of submitted jobs on this machine"],
  ],
  needs: ["no emulator"],
  // For the help: the parser gives them to `emulator`, wherever they are typed.
  options: { ...alike(OPTIONS, { isRare: true }), runSteps: OPTIONS.runSteps, state: OPTIONS.state },
  async run(ctx, typed, command) {
    const { startInBackground } = await import("../../app/emulator/running.ts");
    const words = [...(programOf(command) as Command & { readonly rawArgs: readonly string[] }).rawArgs];
    words.splice(words.indexOf("start", words.indexOf("emulator")), 1);
    const found = await startInBackground(ctx, words, typed);
    return {
      data: dataOf(ctx, found),
      text: `✓ The emulator is running at ${found.origin}. ${stepsText(found)}\n`,
      next: [
        "Add `--emulator` to any command to use it, such as `kedro-azureml --emulator submit main --wait`",
      ],
    };
  },
});

const stop = command({
  name: "stop",
  about: "Stop the emulator of this project",
  examples: [["emulator stop", "Stop it"]],
  needs: ["no emulator"],
  options: { yes: flag("-y, --yes", "do not ask before ending jobs whose steps run on this machine") },
  async run(ctx, typed) {
    const { findEmulator, findEmulators, stopRunning } = await import("../../app/emulator/running.ts");
    const found = await findEmulator(ctx, typed);
    if (found === undefined) {
      return { data: { stopped: null }, text: noneText(await findEmulators(ctx)) };
    }
    const { jobs, origin, runsSteps } = found;
    if (runsSteps && jobs.length > 0 && !typed.yes && !await isConfirmed(ctx, jobs)) {
      return { data: { stopped: null }, text: "· Nothing was stopped\n" };
    }
    await stopRunning(ctx, found);
    const also = jobs.length === 0 ? "" : `, and with it ${jobsText(jobs)}`;
    return { data: { stopped: origin, jobs }, text: `✓ Stopped the emulator at ${origin}${also}\n` };
  },
});

function jobsText(jobs: readonly string[]): string {
  return `job${jobs.length === 1 ? "" : "s"} ${jobs.join(", ")}`;
}

/** Asks before jobs end whose steps run here. @throws {UserError} `usage.not_confirmed` without a terminal. */
async function isConfirmed({ person }: AppContext, jobs: readonly string[]): Promise<boolean> {
  if (person !== undefined) return await person.confirm(`Stop the emulator, and with it ${jobsText(jobs)}?`);
  throw new UserError(`The emulator is running ${jobsText(jobs)}`, {
    // usage.not_confirmed: Nobody confirmed. Add `--yes`, or name the job.
    code: "usage.not_confirmed",
    hint: `Wait until ${jobs.length === 1 ? "it has" : "they have"} ended, or pass \`--yes\``,
  });
}

const status = command({
  name: "status",
  about: "Show the emulator of this project and others; exit with 1 if it is not running",
  examples: [["emulator status --json", "Find out its address in a script"]],
  needs: ["no emulator"],
  async run(ctx, typed) {
    const { findEmulator, findEmulators } = await import("../../app/emulator/running.ts");
    const found = await findEmulator(ctx, typed);
    const others = (await findEmulators(ctx)).filter((other) => other.origin !== found?.origin);
    const also = others.map(({ project, origin, workspaces, jobs }) => ({
      project,
      origin,
      workspaces,
      jobs,
    }));
    if (found === undefined) {
      const data = { running: false, others: also };
      return { data, text: noneText(others), exit: ExitCode.JobFailed };
    }
    const since = `Started ${
      found.startedAt.replace("T", " ").slice(0, 16)
    } UTC by version ${found.version}.`;
    const data = dataOf(ctx, found);
    return {
      data: { ...data, others: also },
      text: `The emulator of ${found.project} is running at ${found.origin}. ${stepsText(found)}\n` +
        `Workspaces: ${found.workspaces.join(", ")}\n` +
        (found.jobs.length === 0 ? "" : `Running jobs: ${found.jobs.join(", ")}\n`) +
        `${since}\nJobs: ${data.page}\n${othersText(others)}`,
    };
  },
});

function dataOf({ random }: Pick<Context, "random">, found: FoundEmulator) {
  const { origin, caFile, runsSteps, startedAt, version, project, workspaces, jobs } = found;
  const page = emulatorPageUrl(found, random);
  return { running: true, origin, page, caFile, runsSteps, startedAt, version, project, workspaces, jobs };
}

function noneText(others: readonly FoundEmulator[]): string {
  return others.length === 0
    ? "No emulator is running.\n"
    : `No emulator is running for this project.\n${othersText(others)}`;
}

function othersText(others: readonly FoundEmulator[]): string {
  return others.map(({ project, origin, jobs }) =>
    `The emulator of ${project} is running at ${origin}` +
    `${jobs.length === 0 ? "" : `, with ${countText(jobs.length, "job")}`}.\n`
  ).join("");
}

function stepsText({ runsSteps }: FoundEmulator): string {
  return runsSteps ? "Steps run on this machine." : "Steps are simulated: no project code runs.";
}

const SHELLS = ["sh", "fish", "powershell"] as const;

type PrintedShell = (typeof SHELLS)[number];

const env = command({
  name: "env",
  about: "Print the environment variables that make other clients use the emulator",
  examples: [["emulator env --shell fish", "Print lines for the fish shell"]],
  needs: ["no emulator"],
  options: { shell: choice("--shell <shell>", "shell to print lines for", SHELLS) },
  async run(ctx, { shell = shellOf(ctx), ...typed }) {
    const { findEmulator, notRunning } = await import("../../app/emulator/running.ts");
    const found = await findEmulator(ctx, typed);
    if (found === undefined) throw notRunning();
    return { data: found.env, text: variableLines(shell, found.env), isRaw: true };
  },
});

const SYNTAX = {
  sh: {
    set: (name: string, value: string) => `export ${name}=${shellWord(value)}`,
    remove: (name: string) => `unset ${name}`,
  },
  fish: {
    set: (name: string, value: string) => `set -gx ${name} '${value.replaceAll(/[\\']/g, "\\$&")}'`,
    remove: (name: string) => `set -e ${name}`,
  },
  powershell: {
    set: (name: string, value: string) => `$env:${name} = '${value.replaceAll(/['\u2018-\u201b]/g, "$&$&")}'`,
    remove: (name: string) => `Remove-Item Env:${name} -ErrorAction Ignore`,
  },
};

/** The usual shell of this machine: PowerShell on Windows, fish where SHELL names it, a POSIX shell elsewhere. */
export function shellOf({ platform, env }: Pick<Context, "platform" | "env">): PrintedShell {
  if (platform === "windows") return "powershell";
  return /(^|\/)fish$/.test(env.SHELL ?? "") ? "fish" : "sh";
}

/** Lines that set variables, and remove those that would lead elsewhere. */
export function variableLines(shell: PrintedShell, variables: Readonly<Record<string, string>>): string {
  const { set, remove } = SYNTAX[shell];
  const changed = Object.entries(variables).map(([name, value]) => set(name, value));
  return [...changed, ...OTHER_VARIABLES.map(remove), ""].join("\n");
}

export const emulator = command({
  name: "emulator",
  about:
    `Run a local emulator of the workspaces in azureml.yml until you press Ctrl+C. Start it in a Kedro project.

It has the computes and environments that azureml.yml names for the Kedro environment (-e), and any data asset. It checks requests as Azure ML does. Steps are simulated, and no project code runs. With --run-steps, steps run on this machine: not sandboxed, with your permissions.`,
  summary: "Run a local emulator of Azure ML",
  examples: [
    ["emulator --port 8443", "Run it in this terminal, on a fixed port"],
    ["emulator --state .emulator --accept-any", "Keep all data, and accept any name"],
  ],
  needs: ["no emulator"],
  options: OPTIONS,
  commands: [start, stop, status, env],
  async *run(ctx, typed) {
    const [{ startEmulator }, { recordEmulator }, { readSeed }, runner, { rootOfProject }] = await Promise
      .all([
        import("../../app/emulator/start_emulator.ts"),
        import("../../app/emulator/running.ts"),
        import("../../app/emulator/use.ts"),
        import("../../app/rehearse/prepare.ts"),
        import("../../app/runs/names.ts"),
      ]);
    const { caFile, state, fail, acceptAny, runSteps, empty } = typed;
    const port = portRequest(typed.port, "emulator.port");
    const { seed, warnings } = await readSeed(ctx, typed);
    yield { text: "", warnings };
    const opened = runSteps ? await runner.openRunner(ctx, typed, typed.directory) : undefined;
    const localData = opened === undefined || empty ? {} : await runner.readLocalData(ctx, typed);
    const server = await startEmulator(ctx, {
      ...{ port, caFile, state, fail, acceptAny, seed },
      ...(opened && { run: { ...opened.options, localData } }),
      onNotice: (message) =>
        void ctx.report({ type: "warnings", warnings: [{ code: "emulator.notice", message }] }),
    });
    const record = await recordEmulator(ctx, {
      ...server.ready,
      project: (await rootOfProject(ctx, typed)).root,
      runsSteps: opened !== undefined,
      startedAt: ctx.clock.now().toISOString(),
      version: VERSION,
    });
    try {
      const shell = record === undefined ? shellOf(ctx) : undefined;
      yield renderReady(ctx, server.ready, { python: opened?.python, shell });
      await server.finished;
    } finally {
      await record?.remove();
      await server.cleanUp();
      await opened?.close();
    }
  },
});
