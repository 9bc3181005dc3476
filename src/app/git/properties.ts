import type { Warning } from "../../core/errors.ts";
import { findCheckout, type GitConfig, readGitConfig, readHead } from "./checkout.ts";
import type { GitContext } from "./find_git.ts";
import { isDirty } from "./status.ts";

/**
 * Returns the git properties of a job under azure-ai-ml's names: commit, branch, whether there are uncommitted
 * changes, and the remote without credentials.
 *
 * Unknown properties are omitted: all of them outside a checkout, the branch if HEAD is detached, refs in a reftable,
 * and uncommitted changes that cannot be determined. `AZUREML_GIT_COMMIT` and similar variables override the values,
 * as in azure-ai-ml. `git` itself is only needed for uncommitted changes.
 *
 * @param folder Absolute path of the project; only changes inside it make it dirty.
 * @param warn As for {@linkcode isDirty}.
 */
export async function gitProperties(
  ctx: GitContext,
  folder: string,
  warn?: (warning: Warning) => void,
): Promise<Readonly<Record<string, string>>> {
  const { env } = ctx;
  const checkout = await readCheckout(ctx, folder, warn);
  const dirty = env.AZUREML_GIT_DIRTY === undefined
    ? checkout.dirty
    : ["true", "1"].includes(env.AZUREML_GIT_DIRTY.trim().toLowerCase());
  const remote = env.AZUREML_GIT_REPOSITORY_URI || checkout.remote;
  return present({
    "mlflow.source.git.repoURL": remote === undefined ? undefined : withoutCredentials(remote),
    "mlflow.source.git.branch": env.AZUREML_GIT_BRANCH || checkout.branch,
    "mlflow.source.git.commit": env.AZUREML_GIT_COMMIT || checkout.commit,
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

async function readCheckout(
  ctx: GitContext,
  folder: string,
  warn: ((warning: Warning) => void) | undefined,
): Promise<Source> {
  const { fs, env } = ctx;
  const checkout = await findCheckout(fs, folder);
  if (checkout === undefined) return {};
  const config = await readGitConfig(fs, checkout);
  const head = await readHead(fs, checkout, config);
  const isAsked = env.AZUREML_GIT_DIRTY === undefined;
  const dirty = isAsked ? await isDirty(ctx, checkout, (await fs.realPath(folder))!, warn) : undefined;
  return { remote: remoteUrl(config, head?.branch), ...head, dirty };
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

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
