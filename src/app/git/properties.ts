import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import { findCheckout, type GitConfig, type GitFs, readGitConfig, readHead } from "./checkout.ts";
import { isDirty } from "./status.ts";

/**
 * The environment, whose `AZUREML_GIT_*` variables override the checkout, and the home folder with the user's ignore
 * file.
 */
export type GitEnvironment = Partial<Pick<Context, "env" | "home">>;

/**
 * Returns the git properties of a job under azure-ai-ml's names: commit, branch, whether there are uncommitted
 * changes, and the remote without credentials.
 *
 * Unknown properties are omitted: all of them outside a checkout, the branch if HEAD is detached, refs in a reftable,
 * and uncommitted changes that cannot be determined. `AZUREML_GIT_COMMIT` and similar variables override the values,
 * as in azure-ai-ml. `git` itself is not needed.
 *
 * @param folder Absolute path of the project; only changes inside it make it dirty.
 */
export async function gitProperties(
  fs: GitFs,
  folder: string,
  { env = {}, home }: GitEnvironment = {},
): Promise<Readonly<Record<string, string>>> {
  const found = await readCheckout(fs, folder, { env, home });
  const dirty = env.AZUREML_GIT_DIRTY === undefined
    ? found.dirty
    : ["true", "1"].includes(env.AZUREML_GIT_DIRTY.trim().toLowerCase());
  const remote = env.AZUREML_GIT_REPOSITORY_URI || found.remote;
  return present({
    "mlflow.source.git.repoURL": remote === undefined ? undefined : withoutCredentials(remote),
    "mlflow.source.git.branch": env.AZUREML_GIT_BRANCH || found.branch,
    "mlflow.source.git.commit": env.AZUREML_GIT_COMMIT || found.commit,
    "azureml.git.dirty": dirty === undefined ? undefined : dirty ? "True" : "False",
    "azureml.git.build_id": env.AZUREML_GIT_BUILD_ID || undefined,
    "azureml.git.build_uri": env.AZUREML_GIT_BUILD_URI || undefined,
  });
}

/** @internal What is known of a checkout. */
interface Source {
  readonly remote?: string | undefined;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
  readonly dirty?: boolean | undefined;
}

async function readCheckout(fs: GitFs, folder: string, around: GitEnvironment): Promise<Source> {
  const checkout = await findCheckout(fs, folder);
  if (checkout === undefined) return {};
  const config = await readGitConfig(fs, checkout);
  const head = await readHead(fs, checkout, config);
  const remote = remoteUrl(config, head?.branch);
  if (head === undefined || config.get("extensions")?.get("objectformat") === "sha256") {
    return { remote, ...head };
  }
  const status = {
    folder: (await fs.realPath(folder))!,
    commit: head.commit,
    userIgnore: userIgnore(config, around),
    ignoreCase: config.get("core")?.get("ignorecase") === "true",
  };
  // A damaged index or an unreadable folder is no reason to refuse a job; the state is then unknown.
  const dirty = await isDirty(fs, checkout, status).catch(() => undefined);
  return { remote, ...head, dirty };
}

/** The remote that `git fetch` would use: the branch's own, else `origin`, else the only one. */
function remoteUrl(config: GitConfig, branch: string | undefined): string | undefined {
  const names = [...config.keys()].flatMap((key) => /^remote "(.+)"$/.exec(key)?.[1] ?? []);
  const wanted = config.get(`branch "${branch}"`)?.get("remote") ??
    (names.length === 1 ? names[0]! : "origin");
  return config.get(`remote "${wanted}"`)?.get("url");
}

/** Removes user, password and query, any of which may be a secret; `git@host:path` has none. */
function withoutCredentials(url: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url) ?? [];
  if (scheme === undefined) return url;
  const [, user, host, path] = /^(?:([^/]*)@)?([^/]*)(.*)$/s.exec(rest!)!;
  const kept = /^(git\+)?ssh:/i.test(scheme) && user ? `${user.split(":")[0]}@` : "";
  return scheme + kept + host + path!.split(/[?#]/)[0]!;
}

function userIgnore(config: GitConfig, { env = {}, home }: GitEnvironment): string | undefined {
  const named = config.get("core")?.get("excludesfile");
  if (named !== undefined) return home === undefined ? named : named.replace(/^~(?=\/)/, home);
  const folder = env.XDG_CONFIG_HOME || (home === undefined ? undefined : join(home, ".config"));
  return folder === undefined ? undefined : join(folder, "git", "ignore");
}

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
