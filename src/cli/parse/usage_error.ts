import type { Command, CommanderError } from "commander";
import { UserError } from "../../core/errors.ts";
import { pathOf, programOf, specOf, visit } from "./command.ts";
import { ownValue } from "../../core/json.ts";
import { nearest } from "../../core/suggest.ts";

/** Our wording of the parser's messages; `$1` and so on are the captured parts of the original message. */
const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/^unknown command '(.+?)'/, 'Unknown command "$1"'],
  [/^unknown option '(.+?)'/, 'Unknown option "$1"'],
  [/^option '(.+?)' argument missing/, "Option $1 needs a value"],
  [/^option '(.+?)' argument '(.*)' is invalid\. (.+)/s, 'Invalid value "$2" for $1: $3'],
  [
    /^command-argument value '(.*?)' is invalid for argument '(.+?)'\. (.+)/s,
    'Invalid value "$1" for <$2>: $3',
  ],
  [/^required option '(.+?)' not specified/, "Missing required option $1"],
  [/^missing required argument '(.+?)'/, "Missing required argument <$1>"],
  [
    /^too many arguments(?: for '(?:.+?)')?\. Expected \d+ arguments? but got \d+: (.+?)\.?$/,
    "Unexpected argument: $1",
  ],
];

/** Our command for a command that people know from Kedro, the plugin or another program. */
const MEANT: Readonly<Record<string, string>> = {
  ls: "job list",
  schedules: "schedule list",
  pipeline: "inspect",
  pipelines: "inspect",
  registry: "inspect",
  catalog: "inspect",
  viz: "inspect --html",
  compute: "setup",
  check: "validate",
  deploy: "submit",
  docs: "help",
  plan: "submit --dry-run",
  status: "job show",
  watch: "job follow",
  "job create": "submit",
  "job delete": "job cancel",
  "job get": "job show",
  "job kill": "job cancel",
  "job run": "submit",
  "job status": "job show",
  "job stream": "job follow",
};

/** What to do instead of commands and options of Kedro and the plugin that have no counterpart with another name. */
const NO_COUNTERPART: readonly (readonly [RegExp, string])[] = [
  [/^unknown option '-v'/, "Use `--version` or `--verbose`"],
  [
    /^unknown option '(?:--runner|-r)\b/,
    "Omit it: in Azure ML, the plugin's own runner runs each step in a container of its own",
  ],
  [
    /^unknown option '--(?:is-)?async\b/,
    "Omit it: steps load and save in their own containers, and run in parallel where the pipeline allows it",
  ],
  [
    /^unknown option '--only-missing-outputs\b/,
    'Omit it: Azure ML reuses results of nodes with the tag "deterministic"; `kedro-azureml rerun --from-failed` continues a run',
  ],
  [
    /^unknown option '--conf-source\b/,
    "Omit it: steps read the folder that CONF_SOURCE in settings.py names (default: conf)",
  ],
  [
    /^unknown option '--config\b/,
    "Omit it: write its options on the command line, or as a job in azureml.yml",
  ],
  [
    /^unknown option '--cron\b/,
    "Write it as `schedule: {cron: {expression: ...}}` of the job in azureml.yml; `schedule` takes it from there",
  ],
  [/^unknown command '(?:kedro|azureml)'/, "Omit it: after `kedro-azureml` comes the command, such as `run`"],
  [
    /^unknown command 'execute'/,
    "Steps run it in Azure ML, in the plugin; to run jobs on this machine, use `kedro-azureml rehearse`",
  ],
  [
    /^unknown command '(?:upgrade|update|self-update)'/,
    "Use what installed it: `uv tool upgrade kedro-azureml-cli`, `pip install --upgrade kedro-azureml-cli`, npm, or install.sh again",
  ],
  [/^unknown command '(jupyter|ipython|new|starter|micropkg)'/, "It is a command of Kedro: `kedro $1`"],
];

const HELP_CODES = ["commander.help", "commander.helpDisplayed", "commander.version"];

/** Whether the parser only threw because it has printed help or the version. */
export function isHelp({ code }: CommanderError): boolean {
  return HELP_CODES.includes(code);
}

export class UsageMistake extends Error {
  constructor(readonly refusal: CommanderError, readonly command: Command) {
    super(refusal.message);
  }
}

/** The error for a mistake. @param mistake Of a program that has loaded all commands, which it may name. */
export function usageError({ refusal: error, command }: UsageMistake): UserError {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const unknown = first.match(/^unknown command '(.+?)'/)?.[1];
  const suggestion = ownValue(MEANT, `${pathOf(command)} ${unknown}`.trim()) ?? elsewhere(unknown, command) ??
    similarOption(first, command) ?? similar(rest.join(" "), command) ?? asOption(first, command);
  const wording = MESSAGES.find(([pattern]) => pattern.test(first));
  const [typed] = /^(?:missing required|required option)/.test(first)
    ? specOf(command)?.examples?.[0] ?? []
    : [];
  const choices = command.options.find(({ flags }) => first.includes(`'${flags}' argument missing`))
    ?.argChoices;
  const [pattern, advice] = NO_COUNTERPART.find(([pattern]) => pattern.test(first)) ?? [];
  const message = wording === undefined ? first : first.replace(...wording);
  return new UserError(message.replace(/Allowed choices are (.+)\.$/, "use one of $1"), {
    code: `usage.${
      error.code.replace(/^commander\./, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    }`,
    hint: choices !== undefined
      ? `Use one of ${choices.join(", ")}`
      : typed !== undefined
      ? `Run, for example, \`kedro-azureml ${typed}\``
      : pattern !== undefined && advice !== undefined
      ? advice.replace("$1", pattern.exec(first)?.[1] ?? "")
      : suggestion === undefined
      ? `Run \`${["kedro-azureml", pathOf(command), "--help"].filter(Boolean).join(" ")}\``
      : `Did you mean \`${suggestion}\`?`,
  });
}

/** The option that is similar to an unknown one, also among other names of options; of a flag without the value that was typed. */
function similarOption(message: string, command: Command): string | undefined {
  const [, typed, value = ""] = /^unknown option '--(.+?)(=.*)?'/.exec(message) ?? [];
  const options = [command, programOf(command)].flatMap(({ options }) => options);
  const flags = options.flatMap(({ long, short }) => [short, long].filter((flag) => flag?.startsWith("--")));
  const names = flags.map((flag) => flag!.slice(2));
  const meant = typed && (nearest(typed, names) ?? names.find((name) => name.startsWith(`${typed}-`)));
  const isFlag = options.some(({ long, short, required }) =>
    [long, short].includes(`--${meant}`) && !required
  );
  return meant && `--${meant}${isFlag ? "" : value}`;
}

/** What the parser found similar of commands, without the aliases of commands that it also names. */
function similar(text: string, command: Command): string | undefined {
  if (text.includes("--")) return undefined;
  const names = text.match(/Did you mean (?:one of )?(.+?)\?/)?.[1]?.split(", ");
  const aliases = command.commands.flatMap((each) => names?.includes(each.name()) ? each.aliases() : []);
  return names?.filter((name) => !aliases.includes(name)).join("` or `");
}

/** The option that takes a word, such as a file or a pipeline, which the command does not take as an argument. */
function asOption(message: string, { options }: Command): string | undefined {
  const word = /^too many arguments.*: (\S+?)\.?$/.exec(message)?.[1];
  const long = word !== undefined && /[./\\]/.test(word) ? "--output" : "--pipeline";
  return word !== undefined && options.some((option) => option.long === long) ? `${long} ${word}` : undefined;
}

/** The command of another group with this name, such as `auth login` for `login`, or an option of the program. */
function elsewhere(word: string | undefined, command: Command): string | undefined {
  const program = programOf(command);
  if (program.options.some(({ long }) => long === `--${word}`)) return `--${word}`;
  const paths: string[] = [];
  visit(program, (each) => {
    if (each.parent !== null && each.name() === word) paths.push(pathOf(each));
  });
  return paths.find((path) => path.startsWith("job ")) ?? paths[0];
}
