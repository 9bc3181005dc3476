import { relative } from "node:path";
import { isFactory } from "../../config/jobs.ts";
import { isPlaceholder } from "../../config/init_placeholders.ts";
import { workspaceId } from "../../config/workspace.ts";
import { userErrorOf } from "../../core/errors.ts";
import { shellWord } from "../../core/untrusted.ts";
import type { Project } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { findCheckout, readGitConfig, readHead } from "../git.ts";
import { openConfig } from "../project/open.ts";
import { chooseWorkspace } from "../project/workspace.ts";
import azurePipeline from "./azure_pipeline.yml" with { type: "text" };
import githubWorkflow from "./github_workflow.yml" with { type: "text" };
import { type InitValues, workspaceOf } from "./templates.ts";

export type CiPlace = Awaited<ReturnType<typeof readCiValues>>;

/** Collects the values of a workflow: the known ones, and those of the checkout. */
export async function readCiValues(
  ctx: AppContext,
  project: Project,
  known: InitValues & { readonly job?: string; readonly branch?: string | undefined },
) {
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
    const config = await openConfig(ctx, { ...project, fillsPlaceholders: false });
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

export type CiSystem = "github" | "azure";

/** Values of a workflow; missing ones become placeholders. */
interface CiValues extends InitValues {
  readonly project: string;
  /** Folder of the project in the checkout; `""` if it is the top folder. */
  readonly folder: string;
  readonly branch: string;
  /** Job to submit (default: `main`). */
  readonly job?: string;
  /** GitHub repository as `owner/name`. */
  readonly repository?: string | undefined;
}

/** Path from which each system reads its workflow, relative to the checkout. */
export const CI_PATHS: Readonly<Record<CiSystem, string>> = {
  github: ".github/workflows/azureml.yml",
  azure: "azure-pipelines.yml",
};

export function ciWorkflow(system: CiSystem, values: CiValues): string {
  const { branch, folder, job = "main" } = values;
  const place = placeOf(values);
  const submit = `kedro-azureml ${place}submit ${
    shellWord(job)
  } --wait --cancel-on-interrupt --output-file azureml-jobs.json${
    system === "azure" ? " --credential azure-cli" : ""
  }`;
  const paths = system === "github"
    ? `    paths: [${JSON.stringify(`${folder}/**`)}]\n`
    : `  paths:\n    include: [${JSON.stringify(folder)}]\n`;
  const parts: Readonly<Record<string, string>> = {
    branch: JSON.stringify(branch),
    group: folder === "" ? "" : `${slug(folder)}-`,
    // Neither an expression of the CI service nor a line break of a name ends the command: `$''` is `$` for a shell.
    submit: JSON.stringify(submit.replaceAll("$", () => "$''")),
    paths: folder === "" ? "" : paths,
  };
  const text = system === "github" ? githubWorkflow : azurePipeline;
  return text.replace(/ *# <<(paths)>>\n|<<(\w+)>>/g, (_, line, value) => parts[line ?? value]!);
}

/**
 * The path of a project's workflow: the usual one, unless it submits another project of the same checkout.
 *
 * @param before The text at the usual path; empty if there is none.
 */
export function ciPath(system: CiSystem, values: CiValues, before: string): string {
  const isOwn = values.folder === "" ? !before.includes(" -C ") : before.includes(placeOf(values));
  return isOwn || !before.includes("kedro-azureml")
    ? CI_PATHS[system]
    : CI_PATHS[system].replace(".yml", `-${slug(values.folder || values.project)}.yml`);
}

function placeOf({ folder }: CiValues): string {
  return folder === "" ? "" : `-C ${shellWord(folder)} `;
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

export interface SetUpLine {
  readonly why: string;
  readonly command: string;
}

/** The one-time setup in Azure that lets the workflow sign in and submit. */
export function ciSetUp(system: CiSystem, values: CiValues): readonly SetUpLine[] {
  const scope = workspaceId(workspaceOf(values));
  const name = `kedro-azureml-${slug(values.project)}`;
  const setVariables = system === "azure" ? [] : [
    {
      why: "Set the client ID for the workflow",
      command: `gh variable set AZURE_CLIENT_ID --body "$APP_ID"`,
    },
    {
      why: "Set the tenant ID",
      command: `gh variable set AZURE_TENANT_ID --body "$(az account show --query tenantId --output tsv)"`,
    },
    {
      why: "Set where to install kedro-azureml from",
      command: `gh variable set KEDRO_AZUREML_INSTALL_FROM --body "<URL of a kedro-azureml release>"`,
    },
  ];
  const prefix = system === "azure" ? [] : [subjectPrefix(values)];
  return [
    {
      why: "Register an application for the workflow",
      command: `APP_ID=$(az ad app create --display-name ${shellWord(name)} --query appId --output tsv)`,
    },
    {
      why: "Create its service principal",
      command: `SP_ID=$(az ad sp create --id "$APP_ID" --query id --output tsv)`,
    },
    ...prefix,
    {
      why: system === "azure"
        ? "Trust sign-ins from this service connection only"
        : `Trust sign-ins from workflows on branch ${values.branch} only`,
      command: `az ad app federated-credential create --id "$APP_ID" --parameters ${
        // The shell fills in the prefix, between two quoted parts.
        shellWord(JSON.stringify(federation(system, values)))
          .replace(`"${PREFIX}`, `"'"\${${PREFIX}:?}"'`)}`,
    },
    {
      why: "Allow it to submit jobs to this workspace",
      // By object id and type, Azure need not look the principal up, which fails for minutes after it was created.
      command: `az role assignment create --assignee-object-id "$SP_ID" ` +
        `--assignee-principal-type ServicePrincipal --role "AzureML Data Scientist" --scope ${
          shellWord(scope)
        }`,
    },
    ...setVariables,
  ];
}

/** The shell variable with the beginning of the subjects of a GitHub repository. */
const PREFIX = "SUBJECT_PREFIX";

/**
 * Asks GitHub how its tokens name a repository. Those that were created, renamed or transferred since 15 July 2026 have
 * numbers in their name, and `use_immutable_subject` does not say which do.
 */
function subjectPrefix({ repository = "<owner>/<repository>" }: CiValues): SetUpLine {
  const ids = repository.replace("/", "@OWNER_ID/") + "@REPOSITORY_ID";
  return {
    why:
      `Ask GitHub how the subjects of its tokens begin; without gh, set it to repo:${repository}, or to repo:${ids} ` +
      "if the repository was created, renamed or transferred since 15 July 2026",
    command: `${PREFIX}=$(gh api ${
      shellWord(`repos/${repository}/actions/oidc/customization/sub`)
    } --jq .sub_claim_prefix)`,
  };
}

/** The federated credential, which defines the tokens that Entra ID accepts for the application. */
function federation(system: CiSystem, { branch }: CiValues): Readonly<Record<string, unknown>> {
  const audiences = ["api://AzureADTokenExchange"];
  if (system === "azure") {
    const [issuer, subject] = [
      "<issuer that the service connection shows>",
      "<subject that the service connection shows>",
    ];
    return { name: "azure-pipelines", issuer, subject, audiences };
  }
  return {
    name: `github-${branch.replaceAll(/[^A-Za-z0-9-]+/g, "-")}`,
    issuer: "https://token.actions.githubusercontent.com",
    subject: `${PREFIX}:ref:refs/heads/${branch}`,
    audiences,
  };
}
