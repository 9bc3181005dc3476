import type { Clock } from "../../core/context.ts";
import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import type { Credential, CredentialName, Token, TokenDemand } from "../credential.ts";
import { unmetDemand, wrongTenant } from "./demands.ts";
import { startInOrder } from "./head_starts.ts";

/** The outcome of one credential of the chain. */
export interface MemberReport {
  readonly name: CredentialName;
  /** What it is called in a sentence, where it is not the usual of its name. */
  readonly title?: string;
  /** `not_tried` when one before it was used, or ended the chain. */
  readonly status: "used" | "not_configured" | "failed" | "not_tried";
  /** Why it was not used. */
  readonly reason?: string;
  readonly hint?: string;
  /** How long it took; 0 when it was not tried. */
  readonly milliseconds: number;
}

/** Several credentials as one: the first that works, for every audience from then on. */
export interface Chain {
  /**
   * Gets a token from the credential that was chosen, or chooses one.
   *
   * @param demand What Azure demands of the token besides; only the credential that was chosen is asked then.
   * @throws {UserError} `auth.no_credential`, which lists why each was passed over; `auth.*` of the one that failed;
   *   `auth.claims_required`, `auth.tenant_required` where the chosen one cannot meet the demand.
   */
  getToken(scope: string, demand?: TokenDemand): Promise<Token>;
  /** Name of the credential that gave the first token; `undefined` before. */
  chosen(): CredentialName | undefined;
  /** The outcome of each credential so far, in order. */
  report(): readonly MemberReport[];
}

/** What a chain uses. */
export interface ChainOptions {
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Asks whether a person should sign in instead of a credential that is set up and does not work. */
  readonly offer?: ((error: UserError) => Promise<boolean>) | undefined;
  /** Told before a person is asked of what was set up for that, and does not work; where absent nobody is asked. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** What the user named of all credentials; `undefined` where all are tried. */
  readonly narrowed?: string | undefined;
}

/**
 * Tries credentials in order and keeps the first that works: one process has one identity.
 *
 * One that takes long does not hold up those after it (see {@linkcode startInOrder}), but goes before them as long as
 * it may still work. One that is set up and refused ends the chain, unless a person is there and wants to sign in.
 */
export function openChain(credentials: readonly Credential[], options: ChainOptions): Chain {
  const { clock, offer, onWarning, narrowed } = options;
  let chosen: Promise<Credential> | undefined;
  let chosenName: CredentialName | undefined;
  const reports = new Map<CredentialName, MemberReport>();
  const told = new Set<CredentialName>();
  const people = credentials.filter(({ isInteractive }) => isInteractive);

  async function choose(scope: string): Promise<{ credential: Credential; token: Token }> {
    const found = await firstOf(credentials, scope).catch(async (thrown) => {
      const isRefused = thrown instanceof UserError && thrown.exit === ExitCode.Auth;
      const byPerson = people.some(({ name }) => reports.get(name)?.status === "failed");
      if (!isRefused || byPerson || people.length === 0 || !await offer?.(thrown)) throw thrown;
      return await firstOf(people, scope);
    });
    if (found !== undefined) return found;
    throw noCredential(credentials.flatMap(({ name }) => reports.get(name) ?? []), narrowed);
  }

  async function firstOf(some: readonly Credential[], scope: string) {
    const done = new AbortController();
    const answerOf = startInOrder(some, {
      clock,
      signal: done.signal,
      start: (credential) => tryOne(credential, scope, done.signal),
    });
    try {
      for (const [at, credential] of some.entries()) {
        if (credential.isInteractive) tellFailures();
        const token = await answerOf(at);
        if (token !== undefined) return { credential, token };
      }
      return undefined;
    } finally {
      done.abort();
    }
  }

  /** Explains why a browser opens; the session credential prints its own warning. */
  function tellFailures(): void {
    for (const { name, status, reason, hint } of reports.values()) {
      if (status !== "failed" || name === "session" || told.has(name)) continue;
      told.add(name);
      onWarning?.({
        code: "auth.passed_over",
        message: `Skipped ${name}: ${reason}`,
        ...(hint === undefined ? {} : { hint }),
      });
    }
  }

  async function tryOne(
    { name, title, getToken }: Credential,
    scope: string,
    signal: AbortSignal,
  ): Promise<Token | undefined> {
    const start = clock.now().getTime();
    const record = (report: Pick<MemberReport, "status" | "title" | "reason" | "hint">) => {
      if (!signal.aborted) {
        reports.set(name, { name, ...report, milliseconds: clock.now().getTime() - start });
      }
    };
    try {
      const answer = await getToken(scope, { signal });
      if (!("unavailable" in answer)) {
        record({ status: "used", ...(title === undefined ? {} : { title }) });
        return answer;
      }
      const { unavailable: reason, because: status, hint } = answer;
      record({ status, reason, ...(hint === undefined ? {} : { hint }) });
      return undefined;
    } catch (thrown) {
      if (thrown instanceof UserError) record({ status: "failed", ...said(thrown) });
      // It ends the chain, or is shown with the offer to sign in interactively.
      told.add(name);
      throw thrown;
    }
  }

  return {
    async getToken(scope, demand = {}) {
      const isDemand = demand.claims !== undefined || demand.tenant !== undefined;
      if (chosen === undefined) {
        const choice = choose(scope);
        chosen = choice.then(({ credential }) => {
          chosenName = credential.name;
          return credential;
        });
        chosen.catch(() => chosen = undefined);
        const { token } = await choice;
        if (!isDemand) return token;
      }
      const credential = await chosen;
      const { name } = credential;
      const answer = wrongTenant(name, demand) ?? await credential.getToken(scope, demand);
      if (!("unavailable" in answer)) return answer;
      throw isDemand
        ? unmetDemand(name, scope, demand, answer)
        : refused(name, scope, answer.unavailable, answer.hint);
    },
    chosen: () => chosenName,
    report() {
      const of = ({ name }: Credential) =>
        reports.get(name) ?? { name, status: "not_tried", milliseconds: 0 } as const;
      const used = credentials.findIndex(({ name }) => reports.get(name)?.status === "used");
      // A later credential may have answered first; it was not used.
      return credentials.map((one, at) =>
        used >= 0 && at > used ? { name: one.name, status: "not_tried", milliseconds: 0 } : of(one)
      );
    },
  };
}

function said({ message, hint }: UserError) {
  return {
    reason: message.replace(/^Cannot sign in with [^:]+: /, ""),
    ...(hint === undefined ? {} : { hint }),
  };
}

/**
 * Credentials whose own hint is better than the general one, because they are set up in part or need one command only;
 * those without a secret first.
 */
const TELLING: readonly CredentialName[] = [
  "workload-identity",
  "github-oidc",
  "azure-pipelines",
  "environment",
  "azure-cli",
];

const ANY =
  "Run `kedro-azureml auth login` or `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";

function noCredential(reports: readonly MemberReport[], narrowed: string | undefined): UserError {
  const hintOf = (name: CredentialName) => reports.find((one) => one.name === name)?.hint;
  const told = reports.find(({ status, hint }) => status === "failed" && hint !== undefined)?.hint ??
    TELLING.map(hintOf).find((hint) => hint !== undefined) ??
    (narrowed === undefined ? undefined : reports.find(({ hint }) => hint !== undefined)?.hint);
  const others = narrowed === undefined
    ? undefined
    : `or omit \`--credential\` and AZURE_TOKEN_CREDENTIALS to try the others`;
  return new UserError("Cannot sign in to Azure: no credential works", {
    code: "auth.no_credential",
    exit: ExitCode.Auth,
    hint: others === undefined ? told ?? ANY : `${told ?? `Set up "${narrowed}"`}, ${others}`,
    details: reports.map(({ name, reason }) => `${name}: ${reason}`),
    data: { credentials: reports },
  });
}

function refused(name: CredentialName, scope: string, reason: string, hint: string | undefined): UserError {
  const audience = scope.replace(/\/\.default$/, "");
  return new UserError(`Cannot get a token for ${audience} from ${name}: ${reason}`, {
    code: "auth.audience",
    exit: ExitCode.Auth,
    ...(hint === undefined ? {} : { hint }),
    data: { credential: name, audience },
  });
}
