import { dirname, join, relative } from "node:path";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { workspaceLine } from "../../azureml/errors/roles.ts";
import { readIgnoreText } from "../../azureml/job/code/ignore.ts";
import {
  type FoundWorkspace,
  listClusters,
  listEnvironments,
  listSubscriptions,
  listWorkspaces,
} from "../../azureml/resources/kinds.ts";
import { DEFAULT_ENV, DEFAULT_LOADER_SETTINGS, folderOf, requireInside } from "../../config/conf_folders.ts";
import { azuremlJsonSchema } from "../../config/schema.ts";
import { isPlaceholder, NO_SUBSCRIPTION } from "../../config/init_placeholders.ts";
import { requireWorkspaceNames } from "../../config/workspace.ts";
import { COMPUTE_NAME, COMPUTE_NAME_RULE } from "../../core/azure_limits.ts";
import { ExitCode, UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import { isBelow, shellWord } from "../../core/untrusted.ts";
import { findProject } from "../../kedro/project.ts";
import type { AppContext, Person, ProjectOptions } from "../context.ts";
import { shownPath, writeFile } from "../output_files.ts";
import { connect, requireSignIn } from "../project/connect.ts";
import { withLoadOptions } from "../project/open.ts";
import { environmentFiles, kedroWarnings } from "../setup/environment.ts";
import {
  amlignore,
  azuremlYml,
  fillIn,
  type InitValues,
  openValues,
  SCHEMA_FILE,
  VALUES,
  workspaceOf,
} from "./templates.ts";
import {
  CI_PATHS,
  ciPath,
  type CiPlace,
  ciSetUp,
  type CiSystem,
  ciWorkflow,
  readCiValues,
  readConfigured,
} from "./workflows.ts";

/** What `init` did; paths are relative to the current folder. */
export type InitResult = Awaited<ReturnType<typeof initProject>>;

interface InitFile {
  readonly path: string;
  readonly text: string;
  readonly isReplaceable: boolean;
  /** Whether it is the existing file with its placeholders filled in. */
  readonly isFilledIn?: boolean;
}

/**
 * Adds `conf/base/azureml.yml` (or that of the chosen environment), `.amlignore`, a schema for editors, and the folder
 * `conf/local`, without which Kedro reads nothing, to a project. `conf` is the folder that settings.py names. Existing
 * files are kept, except that placeholders in azureml.yml are filled in.
 *
 * @throws {UserError} `workspace.*`, `compute.name` for values that Azure cannot have, `project.*` outside a project, `init.no_folder` for an environment without a folder,
 *   `file.not_written`.
 */
export async function initProject(
  ctx: AppContext,
  place: ProjectOptions,
  typed: AskedOptions & {
    /** Branch whose pushes submit (default: the current branch, else `main`). */
    readonly branch?: string | undefined;
    /** Whether a rehearsal follows, so that no workspace is needed yet. */
    readonly rehearse?: boolean | undefined;
    /** Whether to replace generated files (workflow, environment, schema); azureml.yml and .amlignore are always kept. */
    readonly overwrite?: boolean | undefined;
  },
) {
  requireTypedNames(typed);
  const project = await findProject(ctx, place.directory);
  const conf = await confFolders(ctx, project.root, place);
  await requireEnv(ctx, conf.written, place.env);
  const configPath = join(conf.written, "azureml.yml");
  const schemaPath = join(project.root, SCHEMA_FILE);
  const hasEditor = await ctx.fs.stat(dirname(schemaPath)) !== undefined;
  const schema = hasEditor ? relative(dirname(configPath), schemaPath).replaceAll("\\", "/") : undefined;
  const before = (await ctx.fs.stat(configPath)) && await ctx.fs.readText(configPath);
  const open = openValues(before ?? azuremlYml({}, conf.name, schema));
  const configured = before === undefined ? {} : await readConfigured(ctx, place);
  const known = { ...configured, ...typed };
  const isHere = await staysHere(ctx, known, open);
  const options = open.length === 0
    ? typed
    : isHere
    ? { ...known, ...forRehearsal(known, open) }
    : await askForOptions(ctx, known, open);
  const environment = options.newEnvironment
    ? await environmentFiles(ctx, project, place.allowOutside)
    : undefined;
  const values = environment === undefined
    ? options
    : { ...options, environment: `${environment.name}@latest` };
  const ci = options.ci === undefined || options.ci === "none" ? undefined : await ciOf(
    ctx,
    // What azureml.yml says is what will be used, whatever was typed.
    await readCiValues(ctx, project, { ...options, ...await readConfigured(ctx, place) }),
    options.ci,
  );
  const file = (path: string, text: string, isReplaceable = false): InitFile => ({
    path: join(project.root, path),
    text,
    isReplaceable,
  });
  // As git, follows no link: its target may be a secret.
  const [root, gitignore] = await Promise.all(
    [project.root, join(project.root, ".gitignore")].map((path) => ctx.fs.realPath(path)),
  );
  const isLink = gitignore !== undefined && gitignore !== join(root!, ".gitignore");
  const text = before === undefined ? azuremlYml(values, conf.name, schema) : fillIn(before, values);
  const files = [
    { path: configPath, text, isReplaceable: false, isFilledIn: before !== undefined && text !== before },
    ...(await ctx.fs.stat(conf.local) === undefined
      ? [{ path: join(conf.local, ".gitkeep"), text: "", isReplaceable: false }]
      : []),
    file(
      ".amlignore",
      amlignore(isLink ? "" : await readIgnoreText(ctx.fs, project.root, ".gitignore") ?? "", {
        conf: conf.name,
        needed: [configPath, join(conf.local, ".gitkeep")].map((path) =>
          relative(project.root, path).replaceAll("\\", "/")
        ),
      }),
    ),
    ...(hasEditor ? [file(SCHEMA_FILE, `${JSON.stringify(azuremlJsonSchema(), null, 2)}\n`, true)] : []),
    ...Object.entries(environment?.files ?? {}).map(([path, text]) => file(path, text, true)),
    ...(ci === undefined ? [] : [{ ...ci.file, isReplaceable: true }]),
  ];
  const [written, kept] = await writeAll(ctx, files, options.overwrite === true);
  const config = shownPath(ctx, configPath);
  const { job = "main" } = await readConfigured(ctx, place);
  return {
    job,
    root: project.root,
    written,
    kept,
    /** azureml.yml, if it was written or has placeholders, and whether it has none. */
    config: written.includes(config) || openValues(text).length > 0
      ? { path: config, isComplete: openValues(text).length === 0 }
      : undefined,
    /** Commands to run once in Azure so that the CI workflow can sign in. */
    setUp: ci?.setUp,
    /** Values that were given but not used, and the file that has others. */
    unused: {
      path: config,
      values: VALUES.filter((key) => typed[key] !== undefined && !open.includes(key)),
    },
    warnings: [
      ...(environment?.skipped ?? []).map(skippedWarning),
      // Of `--extra-index-url`, pip takes this much for the whole.
      ...environment?.requirements.some((line) => line.startsWith("--ex")) ? [SEVERAL_INDEXES] : [],
      ...kedroWarnings(
        environment?.requirements ?? [],
        "the project's requirements and environment/conda.yml",
        environment?.kedroAt,
      ),
    ],
  };
}

async function writeAll(
  ctx: AppContext,
  files: readonly InitFile[],
  overwrite: boolean,
): Promise<readonly [written: string[], kept: string[]]> {
  const [written, kept]: [string[], string[]] = [[], []];
  for (const { path, text, isReplaceable, isFilledIn } of files) {
    const isKept = !isFilledIn && !(overwrite && isReplaceable) && await ctx.fs.stat(path) !== undefined;
    if (!isKept) await writeFile(ctx, path, text);
    (isKept ? kept : written).push(shownPath(ctx, path));
  }
  return [written, kept];
}

async function ciOf(ctx: AppContext, { top, values }: CiPlace, system: CiSystem) {
  const usual = join(top, CI_PATHS[system]);
  const before = await ctx.fs.stat(usual) === undefined ? "" : await ctx.fs.readText(usual);
  const file = { path: join(top, ciPath(system, values, before)), text: ciWorkflow(system, values) };
  return { file, setUp: ciSetUp(system, values) };
}

/** Where Kedro reads configuration: `conf`, unless settings.py can be read and names another folder. */
async function confFolders(ctx: AppContext, root: string, place: ProjectOptions) {
  const load = await withLoadOptions(ctx, place, (load) => Promise.resolve(load)).catch((thrown) => {
    userErrorOf(thrown);
    return { root, settings: DEFAULT_LOADER_SETTINGS };
  });
  const { path } = folderOf(load, "");
  await requireInside(ctx, path, load);
  const name = isBelow(root, path) ? relative(root, path).replaceAll("\\", "/") : "conf";
  const written = folderOf(load, place.env ?? load.settings.base_env ?? "").path;
  return { name, written, local: folderOf(load, DEFAULT_ENV).path };
}

function requireTypedNames(values: InitValues): void {
  const { compute } = values;
  requireWorkspaceNames(workspaceOf(values), { allowPlaceholders: true, exit: ExitCode.Usage });
  if (compute === undefined || COMPUTE_NAME.test(compute) || isPlaceholder(compute)) return;
  throw new UserError(`"${compute}" is not a name of a compute: ${COMPUTE_NAME_RULE}`, {
    code: "compute.name",
    exit: ExitCode.Usage,
    hint: "Correct `--compute`",
  });
}

/** Refuses an environment without a folder. Only conf/base is created: a folder for a mistyped name would go unnoticed. */
async function requireEnv(ctx: AppContext, path: string, env: string | undefined): Promise<void> {
  if (env === undefined || env === "base" || (await ctx.fs.stat(path))?.kind === "folder") return;
  const folder = shownPath(ctx, path);
  throw new UserError(`Kedro environment "${env}" has no folder "${folder}"`, {
    // init.no_folder: The environment of `init` has no folder. Create it, or omit `-e`.
    code: "init.no_folder",
    hint: `Run \`mkdir ${shellWord(folder)}\`, or omit \`-e\` to write ${
      join(dirname(folder), "base/azureml.yml")
    }`,
  });
}

function skippedWarning(requirement: string): Warning {
  return {
    // init.requirement: A requirement cannot be installed in the job's image. Add it there yourself.
    code: "init.requirement",
    message:
      `Requirement "${requirement}" was left out of environment/conda.yml: it refers to a local file, is an option of pip, or is in tool.uv.sources`,
    hint: "Add the package to environment/conda.yml if steps need it",
  };
}

const SEVERAL_INDEXES: Warning = {
  // init.several_indexes: pip installs the newest version that any index has, so that whoever publishes a newer
  //   package of the same name on a public one replaces a private one. Use an index that has all packages.
  code: "init.several_indexes",
  message:
    "environment/conda.yml names several indexes: pip takes the newest version of a package from any of them, also one " +
    "that somebody else published under the name of a private package",
  hint: "Use one index that has all packages, with `--index-url`",
};

const WHERE = [
  ["in an Azure ML workspace: sign in, and choose it", false],
  ["on this machine for now: no account is needed", true],
] as const;

/** Whether the project gets no workspace yet: then nobody has to sign in. */
async function staysHere(
  { env, person }: AppContext,
  { subscriptionId, resourceGroup, workspace, rehearse }: InitValues & {
    readonly rehearse?: boolean | undefined;
  },
  open: readonly (keyof InitValues)[],
): Promise<boolean> {
  const isNamed = [subscriptionId, resourceGroup, workspace].some((value) => value !== undefined);
  if (isNamed || !open.includes("workspace")) return false;
  if (env.KEDRO_AZUREML_EMULATOR) return true;
  return rehearse ?? (person !== undefined && await chooseOne(person, "Where do jobs run?", WHERE) === true);
}

/** The values that can be given without a workspace, so that only the workspace is left to choose. */
function forRehearsal(
  { compute = NEW_CLUSTER_NAME, environment, newEnvironment }: AskedOptions,
  open: readonly (keyof InitValues)[],
): AskedOptions {
  const isOpen = open.includes("environment") && environment === undefined;
  return { compute, newEnvironment: newEnvironment || isOpen };
}

/** Answers that stand for something to be created. */
const NEW_CLUSTER = "a new one, which `setup` creates";
const NEW_ENVIRONMENT = "a new one, from the project's requirements";

interface AskedOptions extends InitValues {
  /** Whether to write the files of an Azure ML environment, which azureml.yml then uses. */
  readonly newEnvironment?: boolean | undefined;
  readonly ci?: CiSystem | "none" | undefined;
}

type Answers = { -readonly [K in keyof AskedOptions]: AskedOptions[K] };

const NEW_CLUSTER_NAME = "cpu-cluster";

/**
 * Asks the person for the options that were not given, offering what Azure lists. Without a person, or if Azure cannot
 * be reached, the options stay as they are.
 *
 * @param missing The values that azureml.yml lacks.
 */
export async function askForOptions<T extends AskedOptions>(
  ctx: AppContext,
  options: T,
  missing: readonly (keyof InitValues)[],
): Promise<T> {
  const { person } = ctx;
  if (person === undefined) return options;
  const answers: Answers = { ...options };
  const isLacking = (key: keyof InitValues) =>
    options[key] === undefined && !(key === "environment" && options.newEnvironment);
  try {
    if (missing.some(isLacking)) await askAboutWorkspace(ctx, person, answers, missing);
  } catch (thrown) {
    if (!(thrown instanceof UserError) || !/^(network|auth|azure|cloud)\./.test(thrown.code)) throw thrown;
    const message = `Cannot look up your workspaces, so azureml.yml has placeholders: ${thrown.message}`;
    // init.offline: Your workspaces could not be looked up, so azureml.yml has placeholders. Fill them in, or
    //   sign in and run it again.
    warn(ctx, { code: "init.offline", message, ...(thrown.hint && { hint: thrown.hint }) });
    return options;
  }
  answers.ci ??= await chooseOne(person, "Which CI workflow?", CI_ANSWERS) ?? "none";
  return { ...options, ...answers };
}

const CI_ANSWERS = (["none", "github", "azure"] as const).map((system) => [system, system] as const);

async function askAboutWorkspace(
  ctx: AppContext,
  person: Person,
  answers: Answers,
  missing: readonly (keyof InitValues)[],
): Promise<void> {
  const connection = await connect(ctx);
  await requireSignIn(ctx, connection);
  const openWorkspace = connection.open;
  // Without a workspace, the connection can list subscriptions and workspaces only.
  const withoutWorkspace = openWorkspace({
    subscription_id: NO_SUBSCRIPTION,
    resource_group: "none",
    name: "none",
  });
  const { subscriptionId, workspace: name, resourceGroup } = answers;
  const id = subscriptionId ?? await askSubscription(ctx, person, withoutWorkspace);
  if (id === undefined) return;
  answers.subscriptionId = id;
  const chosen = await askWorkspace(ctx, person, { withoutWorkspace, id, name, resourceGroup });
  if (chosen === undefined) return;
  [answers.resourceGroup, answers.workspace] = [chosen.resourceGroup, chosen.name];
  ctx.report({ type: "workspace", workspace: chosen.name, location: chosen.location || undefined });
  const workspace = openWorkspace({
    subscription_id: id,
    resource_group: chosen.resourceGroup,
    name: chosen.name,
  });
  const [clusters, environments] = await Promise.all([listClusters(workspace), listEnvironments(workspace)]);
  if (missing.includes("compute")) {
    const clusterChoices = [
      ...clusters.map((name) => [name, name] as const),
      [NEW_CLUSTER, NEW_CLUSTER_NAME] as const,
    ];
    answers.compute ??= await chooseOne(person, "Which compute?", clusterChoices) ?? NEW_CLUSTER_NAME;
  }
  if (!missing.includes("environment") || answers.environment !== undefined || answers.newEnvironment) return;
  const environment = await chooseOne(person, "Which environment?", [
    [NEW_ENVIRONMENT, NEW_ENVIRONMENT],
    ...environments.map((name) => [name, `${name}@latest`] as const),
  ]);
  if (environment === NEW_ENVIRONMENT) answers.newEnvironment = true;
  else if (environment !== undefined) answers.environment = environment;
}

async function askSubscription(
  ctx: AppContext,
  person: Person,
  withoutWorkspace: Workspace,
): Promise<string | undefined> {
  const all = await listSubscriptions(withoutWorkspace);
  if (all.length === 0) {
    warn(ctx, {
      // init.no_subscription: The account sees no subscription. Sign in to another tenant, or ask for access.
      code: "init.no_subscription",
      message: "Your account sees no subscription, so azureml.yml has placeholders",
      hint: "Use `kedro-azureml auth login --tenant ID` for another tenant, or ask for access",
    });
  }
  return await chooseOne(person, "Which subscription?", all.map(({ name, id }) => [`${name} (${id})`, id]));
}

/** Lets the person choose among the workspaces that fit the options; if only one fits, it is taken without asking. */
async function askWorkspace(
  ctx: AppContext,
  person: Person,
  { withoutWorkspace, id, name, resourceGroup }: {
    readonly withoutWorkspace: Workspace;
    readonly id: string;
    readonly name: string | undefined;
    readonly resourceGroup: string | undefined;
  },
): Promise<FoundWorkspace | undefined> {
  const all = await listWorkspaces(withoutWorkspace, id);
  const fitting = all.filter((workspace) =>
    (name ?? workspace.name) === workspace.name &&
    (resourceGroup ?? workspace.resourceGroup) === workspace.resourceGroup
  );
  if (fitting.length === 0) {
    const wanted = name === undefined ? "no workspace" : `no workspace "${name}"`;
    const where = resourceGroup === undefined ? "" : ` in resource group "${resourceGroup}"`;
    const line = workspaceLine({
      name: name ?? "<workspace>",
      resource_group: resourceGroup ?? "<resource group>",
      subscription_id: id,
    });
    warn(ctx, {
      // init.no_workspace: The subscription has no such workspace. Create it, then run `init` again.
      code: "init.no_workspace",
      message: `Subscription ${id} has ${wanted}${where} that you can see`,
      hint:
        `Create it at https://ml.azure.com, or run \`${line}\`: it gets a storage account and a key vault of its own. Then run \`kedro-azureml init\` again`,
    });
  }
  const shown = ({ name, resourceGroup, location }: FoundWorkspace) =>
    `${name} (${resourceGroup}, ${location})`;
  return await chooseOne(
    person,
    "Which workspace?",
    fitting.map((workspace) => [shown(workspace), workspace]),
  );
}

function warn({ report }: AppContext, warning: Warning): void {
  report({ type: "warnings", warnings: [warning] });
}

/** Lets the person choose, usually the first answer; a single one is taken without a question. */
async function chooseOne<T>(
  person: Person,
  question: string,
  answers: readonly (readonly [shown: string, value: T])[],
): Promise<T | undefined> {
  if (answers.length <= 1) return answers[0]?.[1];
  const chosen = await person.choose(question, answers.map(([shown]) => shown), answers[0]![0]);
  return answers.find(([shown]) => shown === chosen)?.[1];
}
