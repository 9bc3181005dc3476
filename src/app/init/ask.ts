import {
  listClusters,
  listEnvironments,
  listSubscriptions,
  listWorkspaces,
} from "../../azureml/service/assets/discover.ts";
import { UserError } from "../../core/errors.ts";
import type { AppContext, Person } from "../context.ts";
import { connect } from "../project/connect.ts";
import type { InitValues } from "./templates.ts";
import type { CiSystem } from "./workflows.ts";

/** Answers that are not names. */
const NEW_CLUSTER = "a new one, which `setup` creates";
const NEW_ENVIRONMENT = "a new one, from the project's requirements";
const NO_CI = "none";

/** The options that a person is asked for. */
export interface AskedOptions extends InitValues {
  readonly newEnvironment?: boolean;
  readonly ci?: CiSystem;
}

/** The name of a new cluster. */
const CLUSTER = "cpu-cluster";

/**
 * Asks the person at the terminal for what the command line leaves open, with what Azure lists as answers. Without a
 * person, or if Azure cannot be reached, the options stay as they are.
 */
export async function askForOptions<T extends AskedOptions>(ctx: AppContext, options: T): Promise<T> {
  const { person } = ctx;
  if (person === undefined) return options;
  try {
    return { ...options, ...await askAll(ctx, person, options) };
  } catch (thrown) {
    if (!(thrown instanceof UserError) || !/^(network|auth|azure|cloud)\./.test(thrown.code)) throw thrown;
    const message = `Azure was not asked, so azureml.yml has placeholders: ${thrown.message}`;
    ctx.report({
      type: "warning",
      warning: { code: "init.offline", message, ...(thrown.hint && { hint: thrown.hint }) },
    });
    return options;
  }
}

async function askAll(ctx: AppContext, person: Person, given: AskedOptions): Promise<AskedOptions> {
  const { open, tokens, cloud } = await connect(ctx);
  await tokens.getToken(cloud.resourceManagerScope);
  ctx.report({ type: "identity", identity: tokens.identity(), members: tokens.report() });
  const anywhere = open({ subscription_id: given.subscriptionId ?? "-", resource_group: "-", name: "-" });
  const options: { -readonly [K in keyof AskedOptions]: AskedOptions[K] } = { ...given };
  if (options.subscriptionId === undefined) {
    const all = await listSubscriptions(anywhere);
    const chosen = await one(
      person,
      "Which subscription?",
      all.map(({ name, id }) => [`${name} (${id})`, id]),
    );
    if (chosen === undefined) return options;
    options.subscriptionId = chosen;
  }
  if (options.resourceGroup === undefined || options.workspace === undefined) {
    const all = await listWorkspaces(anywhere, options.subscriptionId);
    const fitting = all.filter(({ name, resourceGroup }) =>
      (options.workspace ?? name) === name && (options.resourceGroup ?? resourceGroup) === resourceGroup
    );
    const chosen = await one(
      person,
      "Which workspace?",
      fitting.map((found) => [`${found.name} (${found.resourceGroup}, ${found.location})`, found]),
    );
    if (chosen === undefined) return options;
    [options.resourceGroup, options.workspace] = [chosen.resourceGroup, chosen.name];
    ctx.report({ type: "workspace", workspace: chosen.name, location: chosen.location || undefined });
  }
  const workspace = open({
    subscription_id: options.subscriptionId,
    resource_group: options.resourceGroup,
    name: options.workspace,
  });
  const [clusters, environments] = await Promise.all([listClusters(workspace), listEnvironments(workspace)]);
  if (options.compute === undefined) {
    const answers = [...clusters.map((name) => [name, name] as const), [NEW_CLUSTER, CLUSTER] as const];
    options.compute = await one(person, "Which compute?", answers) ?? CLUSTER;
  }
  if (options.environment === undefined && !options.newEnvironment) {
    const chosen = await one(person, "Which environment?", [
      [NEW_ENVIRONMENT, NEW_ENVIRONMENT],
      ...environments.map((name) => [name, `${name}@latest`] as const),
    ]);
    if (chosen === NEW_ENVIRONMENT) options.newEnvironment = true;
    else if (chosen !== undefined) options.environment = chosen;
  }
  if (options.ci === undefined) {
    const chosen = await one(person, "Which CI workflow?", [
      [NO_CI, undefined],
      ["github", "github"],
      ["azure", "azure"],
    ]);
    if (chosen !== undefined) options.ci = chosen as CiSystem;
  }
  return options;
}

/** Lets the person choose; a single answer is taken without a question. */
async function one<T>(
  person: Person,
  question: string,
  answers: readonly (readonly [shown: string, value: T])[],
): Promise<T | undefined> {
  if (answers.length <= 1) return answers[0]?.[1];
  const chosen = await person.choose(question, answers.map(([shown]) => shown));
  return answers.find(([shown]) => shown === chosen)?.[1];
}
