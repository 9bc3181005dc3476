import { relative } from "node:path";
import { findCheckout, readGitConfig, readHead } from "../git/checkout.ts";
import { isFactory } from "../../config/azureml/job_factories.ts";
import { isPlaceholder } from "../../config/azureml/placeholder.ts";
import { userErrorOf } from "../../core/errors.ts";
import type { Project } from "../../kedro/project.ts";
import type { CiValues } from "./workflows.ts";
import { chooseWorkspace } from "../project/choose_workspace.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import type { InitValues } from "./templates.ts";
import { openConfig } from "../project/open.ts";

/** The values of a workflow, and the top folder of the checkout. */
export interface CiPlace {
  readonly top: string;
  readonly values: CiValues;
}

/** Collects the values of a workflow: the known ones, and those of the checkout. */
export async function readCiValues(
  ctx: AppContext,
  project: Project,
  known: InitValues & { readonly job?: string; readonly branch?: string | undefined },
): Promise<CiPlace> {
  const root = await ctx.fs.realPath(project.root) ?? project.root;
  const checkout = await findCheckout(ctx.fs, root);
  const top = checkout?.top ?? root;
  const config = checkout && await readGitConfig(ctx.fs, checkout);
  const head = checkout && config && await readHead(ctx.fs, checkout, config);
  const remote = config?.get('remote "origin"')?.get("url");
  const values: CiValues = {
    ...known,
    project: project.name,
    folder: relative(top, root).replaceAll("\\", "/"),
    branch: known.branch ?? head?.branch ?? "main",
    repository: remote?.match(/github\.com[:/]([^/]+\/[^/]+?)(?:\.git)?\/?$/)?.[1],
  };
  return { top, values };
}

/** The workspace and a job of azureml.yml, without placeholders; empty if the file cannot be read. */
export async function readConfigured(
  ctx: AppContext,
  project: ProjectOptions,
): Promise<InitValues & { job?: string }> {
  try {
    const config = await openConfig(ctx, project);
    const { subscription_id: subscriptionId, resource_group: resourceGroup, name } = chooseWorkspace(
      config,
      undefined,
    );
    const [first] = Object.keys(config.azureml.jobs).filter((key) => !isFactory(key));
    const job = "main" in config.azureml.jobs ? "main" : first;
    const values = Object.entries({ subscriptionId, resourceGroup, workspace: name });
    return {
      ...Object.fromEntries(values.filter(([, value]) => !isPlaceholder(value))),
      ...(job !== undefined && { job }),
    };
  } catch (thrown) {
    userErrorOf(thrown);
    return {};
  }
}
