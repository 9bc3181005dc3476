import { NO_SUBSCRIPTION } from "../../config/azureml/placeholder.ts";
import {
  type FoundWorkspace,
  listClusters,
  listEnvironments,
  listSubscriptions,
  listWorkspaces,
} from "../../azureml/service/assets/list_choices.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import { workspaceLine } from "../../azureml/service/refusals/az_commands.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import type { AppContext, Person } from "../context.ts";
import { connect, requireSignIn } from "../project/connect.ts";
import type { InitValues } from "./templates.ts";
import type { CiSystem } from "./workflows.ts";

/** Answers that stand for something to be created. */
const NEW_CLUSTER = "a new one, which `setup` creates";
const NEW_ENVIRONMENT = "a new one, from the project's requirements";

/** The options that a person is asked for. */
export interface AskedOptions extends InitValues {
  /** Whether to write the files of an Azure ML environment, which azureml.yml then uses. */
  readonly newEnvironment?: boolean;
  /** CI system to write a workflow for. */
  readonly ci?: CiSystem | "none";
  /** Whether to write tasks and settings of VS Code. */
  readonly vscode?: boolean;
}

type Answers = { -readonly [K in keyof AskedOptions]: AskedOptions[K] };

/** The name of a new cluster. */
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
  try {
    await askAboutWorkspace(ctx, person, answers, missing);
  } catch (thrown) {
    if (!(thrown instanceof UserError) || !/^(network|auth|azure|cloud)\./.test(thrown.code)) throw thrown;
    const message = `Cannot look up your workspaces, so azureml.yml has placeholders: ${thrown.message}`;
    warn(ctx, { code: "init.offline", message, ...(thrown.hint && { hint: thrown.hint }) });
    return options;
  }
  answers.ci ??= await chooseOne(person, "Which CI workflow?", CI_ANSWERS) ?? "none";
  answers.vscode ??= await person.confirm("Add tasks for VS Code?");
  return { ...options, ...answers };
}

const CI_ANSWERS = (["none", "github", "azure"] as const).map((system) => [system, system] as const);

/** Asks the person for the workspace, then for a compute and an environment of it. */
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
  report({ type: "warning", warning });
}

/** Lets the person choose; a single answer is taken without a question. */
async function chooseOne<T>(
  person: Person,
  question: string,
  answers: readonly (readonly [shown: string, value: T])[],
): Promise<T | undefined> {
  if (answers.length <= 1) return answers[0]?.[1];
  const chosen = await person.choose(question, answers.map(([shown]) => shown));
  return answers.find(([shown]) => shown === chosen)?.[1];
}
