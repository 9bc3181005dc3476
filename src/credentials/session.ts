import { join } from "node:path";
import { ExitCode, UserError } from "../core/errors.ts";
import { PRIVATE_FILE, userFolders } from "../core/files.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  encodeClaims,
  failed,
  notConfigured,
  type Token,
  type TokenDemand,
  type Unavailable,
} from "./credential.ts";
import { stepUp } from "./browser_and_device_code.ts";
import { type Account, createPublicClient, type PublicClient } from "./public_client.ts";

const NAME = "session";

/** Credential for the session of `kedro-azureml auth login`; renewed without a prompt. */
export function sessionCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const { cloud, tenant, interaction, onRetry, onWarning } = options;
  const login = loginCommand({ tenant });
  const store = openSessionStore(ctx);
  let opened: { readonly id: string; readonly client: PublicClient } | undefined;

  async function clientOf(session: Session): Promise<PublicClient> {
    if (opened?.id === session.id) return opened.client;
    const client = await createPublicClient(ctx, {
      cloud,
      tenant: tenant ?? session.account.tenant,
      clientId: session.clientId,
      credential: NAME,
      keep: tokenCacheOf(store!, session.id),
      onRetry,
    });
    opened = { id: session.id, client };
    return client;
  }

  async function renew(session: Session, scope: string): Promise<Token | Unavailable> {
    const client = await clientOf(session);
    try {
      return (await client.silently(scope, session.account.id)).token;
    } catch (thrown) {
      if (!(thrown instanceof UserError) || thrown.exit !== ExitCode.Auth) throw thrown;
      const reason = thrown.message.replace(/^Cannot [^:]+: /, "");
      onWarning?.({
        // auth.session_refused: Entra ID no longer accepts the saved session. Run `kedro-azureml auth login`.
        code: "auth.session_refused",
        message: `The session of \`auth login\` cannot be used: ${reason}`,
        hint: login,
      });
      return failed(reason, login);
    }
  }

  async function meetDemand(
    session: Session,
    scope: string,
    demand: TokenDemand,
  ): Promise<Token | Unavailable> {
    const { account } = session;
    const hint = loginCommand({ ...demand, tenant: demand.tenant ?? tenant });
    const request = { scope, demand, account, interaction, hint };
    const signedIn = await stepUp(ctx, await clientOf(session), request);
    return "unavailable" in signedIn ? signedIn : signedIn.token;
  }

  return {
    name: NAME,
    async getToken(scope, { claims, tenant: demanded } = {}) {
      const session = await store?.read();
      if (session === undefined) return notConfigured("no session of `kedro-azureml auth login`", login);
      if (typeof session === "string") {
        const why = `session file "${store!.path}" ${session}`;
        onWarning?.({
          // auth.session_damaged: The saved session cannot be read, or belongs to another user. Run
          //   `kedro-azureml auth login`.
          code: "auth.session_damaged",
          message: `The ${why}`,
          hint: login,
        });
        return failed(`the ${why}`, login);
      }
      if (session.authority !== cloud.authority) {
        return notConfigured(`the session is for ${session.authority}, not ${cloud.authority}`, login);
      }
      const isDemand = claims !== undefined || demanded !== undefined;
      return isDemand
        ? await meetDemand(session, scope, { claims, tenant: demanded })
        : await renew(session, scope);
    },
  };
}

function loginCommand({ tenant, claims }: TokenDemand): string {
  const ofTenant = tenant === undefined ? "" : ` --tenant ${tenant}`;
  const withClaims = claims === undefined ? "" : ` --claims-challenge ${encodeClaims(claims)}`;
  return `Run \`kedro-azureml auth login${ofTenant}${withClaims}\``;
}

/** Stores the token cache in the session file, as long as that file is still of the same sign-in. */
function tokenCacheOf(store: SessionStore, id: string) {
  return {
    async load() {
      const kept = await store.read();
      return kept === undefined || typeof kept === "string" || kept.id !== id ? "" : kept.cache;
    },
    save: (cache: string) => store.update(id, cache),
  };
}

/** The saved session of `auth login`. */
interface Session {
  /** Unique for each sign-in, even of the same person. */
  readonly id: string;
  /** Entra ID authority that issued it, without a trailing slash. */
  readonly authority: string;
  readonly clientId: string;
  readonly account: Account;
  /** MSAL's token cache, with refresh tokens. */
  readonly cache: string;
}

interface SessionStore {
  readonly path: string;
  /** Reads the session; `undefined` if there is none. A text says why it is not used, such as `cannot be read`. */
  read(): Promise<Session | string | undefined>;
  /** Checks that the file can be written. @throws {UserError} `auth.session_file` if it cannot. */
  prepare(): Promise<void>;
  /** Saves the session. @throws {UserError} `auth.session_file` if it cannot be written. */
  write(session: Session): Promise<void>;
  /**
   * Saves a changed token cache. Does nothing if the session was replaced or removed in the meantime, or if the file
   * cannot be written: the current command does not depend on it.
   */
  update(id: string, cache: string): Promise<void>;
  /** Removes the session; returns whether there was one. @throws {UserError} `auth.session_file` if it cannot. */
  remove(): Promise<boolean>;
}

type StoreContext = Pick<CredentialContext, "env" | "fs" | "home" | "platform">;

const VERSION = 1;

/**
 * Opens the session file of `auth login`, which only the user can read; `undefined` if the user has no home folder.
 * Several programs may use it at once: it is replaced atomically, so that none reads a partial file.
 */
export function openSessionStore(ctx: StoreContext): SessionStore | undefined {
  const folders = userFolders(ctx);
  if (folders === undefined) return undefined;
  const path = join(folders.config, "auth", "session.json");
  const store: SessionStore = {
    path,
    read: () => read(ctx, path),
    prepare: () =>
      orError(path, "write", async () => {
        await ctx.fs.writeText(`${path}.new`, "", PRIVATE_FILE);
        await ctx.fs.remove(`${path}.new`);
      }),
    write: (session) =>
      orError(
        path,
        "write",
        () => ctx.fs.writeText(path, JSON.stringify({ version: VERSION, ...session }) + "\n", PRIVATE_FILE),
      ),
    async update(id, cache) {
      const kept = await store.read();
      if (kept === undefined || typeof kept === "string" || kept.id !== id) return;
      await store.write({ ...kept, cache }).catch(() => {});
    },
    async remove() {
      const wasThere = await ctx.fs.stat(path) !== undefined;
      await orError(path, "remove", () => ctx.fs.remove(path));
      return wasThere;
    },
  };
  return store;
}

async function read({ fs }: StoreContext, path: string): Promise<Session | string | undefined> {
  try {
    // Whoever made it would choose the account that a job is submitted with.
    if ((await fs.stat(path))?.isForeign) return "belongs to another user";
    const { version, ...session } = JSON.parse(await fs.readText(path));
    if (version === VERSION && isSession(session)) return session;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
  }
  return "cannot be read";
}

function isSession(value: Session): boolean {
  const { id, authority, clientId, account, cache } = value;
  const texts: unknown[] = [id, authority, clientId, cache, account.id, account.username, account.tenant];
  return texts.every((text) => typeof text === "string") && typeof JSON.parse(cache) === "object";
}

async function orError(path: string, verb: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    throw new UserError(`Cannot ${verb} the session file "${path}"`, {
      code: "auth.session_file",
      exit: ExitCode.Config,
      hint:
        "Check the folder's permissions, or run `kedro-azureml auth login --no-store` to sign in without saving",
      cause,
    });
  }
}
