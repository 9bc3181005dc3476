import type { Clock } from "../core/context.ts";
import { SERVICE_HINT } from "../core/env_vars.ts";
import { ExitCode, UserError, type Warning } from "../core/errors.ts";
import {
  type Credential,
  describeClaims,
  failed,
  type Token,
  type TokenDemand,
  type Unavailable,
} from "./credential.ts";
import { type CredentialName, CREDENTIALS } from "./chain_order.ts";

export interface MemberReport {
  readonly name: CredentialName;
  /** Name for use in sentences, if it differs from the usual one. */
  readonly title?: string;
  /** `not_tried` if an earlier credential was used or ended the chain. */
  readonly status: "used" | "not_configured" | "failed" | "not_tried";
  readonly reason?: string;
  readonly hint?: string;
  /** How long it took; 0 if it was not tried. */
  readonly milliseconds: number;
}

/** The chosen credential, and the token by which it proved that it works. */
interface Choice {
  readonly credential: Credential;
  readonly token: Token;
}

/**
 * Opens a chain that tries credentials in order and keeps the first that works: a process has one identity.
 *
 * A slow credential does not delay the next ones (see {@linkcode startInOrder}), but takes precedence as long as it
 * may still succeed. A configured credential that Azure refuses ends the chain, unless a person is present and agrees
 * to sign in.
 */
export function openChain(credentials: readonly Credential[], options: {
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Asks whether a person wants to sign in because a configured credential does not work. */
  readonly offer?: ((error: UserError) => Promise<boolean>) | undefined;
  /** Called before a person is prompted, for each configured credential that did not work (default: no warnings). */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** The user's selection of credentials; `undefined` if all are tried. */
  readonly narrowed?: string | undefined;
  /** Whether an error lists all credentials, also those that are not set up (default: `auth status` does). */
  readonly listsAll?: boolean;
}) {
  const { clock, offer, onWarning, narrowed, listsAll = false } = options;
  let choice: { readonly scope: string; readonly made: Promise<Choice>; isTaken?: boolean } | undefined;
  /** Until a token is needed, nobody is asked or told anything. */
  const needed = Promise.withResolvers<void>();
  let chosenName: CredentialName | undefined;
  const reports = new Map<CredentialName, MemberReport>();
  const reported = new Set<CredentialName>();
  const people = credentials.filter(({ isInteractive }) => isInteractive);

  async function choose(scope: string): Promise<Choice> {
    const chosen = await firstOf(credentials, scope).catch(async (thrown) => {
      await needed.promise;
      const isRefused = thrown instanceof UserError && thrown.exit === ExitCode.Auth;
      const byPerson = people.some(({ name }) => reports.get(name)?.status === "failed");
      if (!isRefused || byPerson || people.length === 0 || !await offer?.(thrown)) throw thrown;
      return await firstOf(people, scope);
    });
    if (chosen !== undefined) return chosen;
    await needed.promise;
    throw noCredential(credentials.flatMap(({ name }) => reports.get(name) ?? []), { narrowed, listsAll });
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
        if (credential.isInteractive) {
          await needed.promise;
          tellFailures();
        }
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
      if (status !== "failed" || name === "session" || reported.has(name)) continue;
      reported.add(name);
      onWarning?.({
        // auth.passed_over: A credential that is set up was skipped because it does not work. Fix it as the
        //   message says, or remove it.
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
      const result = await getToken(scope, { signal });
      if (!("unavailable" in result)) {
        record({ status: "used", ...(title === undefined ? {} : { title }) });
        return result;
      }
      const { unavailable: reason, because: status, hint } = result;
      record({ status, reason, ...(hint === undefined ? {} : { hint }) });
      return undefined;
    } catch (thrown) {
      if (thrown instanceof UserError) record({ status: "failed", ...said(thrown) });
      // Already reported: it ends the chain, or is shown with the offer to sign in interactively.
      reported.add(name);
      throw thrown;
    }
  }

  function chooseOnce(scope: string) {
    if (choice !== undefined) return choice;
    const made = choose(scope);
    made.then(({ credential }) => chosenName = credential.name, () => choice = undefined);
    return choice = { scope, made };
  }

  return {
    /** Starts to choose a credential, up to those that ask a person; failures are thrown by {@linkcode getToken}. */
    start: (scope: string) => void chooseOnce(scope),
    /**
     * Gets a token from the chosen credential; the first call chooses it.
     *
     * @param demand Further requirements of Azure; only the credential that is already chosen has to meet them.
     * @throws {UserError} `auth.no_credential`, which lists why each credential was skipped; `auth.*` of the credential
     *   that failed; `auth.claims_required` or `auth.tenant_required` if the chosen one cannot meet the demand.
     */
    async getToken(scope: string, demand: TokenDemand = {}) {
      needed.resolve();
      const isDemand = demand.claims !== undefined || demand.tenant !== undefined;
      const choice = chooseOnce(scope);
      const isFirst = !isDemand && !choice.isTaken && choice.scope === scope;
      choice.isTaken = true;
      const { credential, token } = await choice.made;
      if (isFirst) return token;
      const { name } = credential;
      const result = wrongTenant(name, demand) ?? await credential.getToken(scope, demand);
      if (!("unavailable" in result)) return result;
      throw isDemand
        ? unmetDemand(name, scope, demand, result)
        : refused(name, scope, result.unavailable, result.hint);
    },
    /** Name of the chosen credential; `undefined` before the first token. */
    chosen: () => chosenName,
    /** The outcome of each credential so far, in order. */
    report(): readonly MemberReport[] {
      const reportOf = ({ name }: Credential) =>
        reports.get(name) ?? { name, status: "not_tried", milliseconds: 0 } as const;
      const used = credentials.findIndex(({ name }) => reports.get(name)?.status === "used");
      // A later credential may have answered first, but its token was not used.
      return credentials.map((credential, at) =>
        used >= 0 && at > used
          ? { name: credential.name, status: "not_tried", milliseconds: 0 }
          : reportOf(credential)
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
 * Credentials whose own hint is better than the general one, because they are partly set up or need only one command.
 * Those without a secret come first.
 */
const BEST_HINTS: readonly CredentialName[] = [
  "workload-identity",
  "github-oidc",
  "azure-pipelines",
  "environment",
  "azure-cli",
];

const GENERAL_HINT =
  "Run `kedro-azureml auth login` or `az login`, or add `--emulator` to work without an account";

function noCredential(
  reports: readonly MemberReport[],
  { narrowed, listsAll }: { readonly narrowed: string | undefined; readonly listsAll: boolean },
): UserError {
  const hintOf = (name: CredentialName) => reports.find((report) => report.name === name)?.hint;
  const bestHint = reports.find(({ status, hint }) => status === "failed" && hint !== undefined)?.hint ??
    BEST_HINTS.map(hintOf).find((hint) => hint !== undefined) ??
    (narrowed === undefined ? undefined : reports.find(({ hint }) => hint !== undefined)?.hint);
  const others = narrowed === undefined
    ? undefined
    : `or omit \`--credential\` and AZURE_TOKEN_CREDENTIALS to try the others`;
  return new UserError("Cannot sign in to Azure: no credential works", {
    // auth.no_credential: No credential works. Run `kedro-azureml auth status` to see why, then
    //   `kedro-azureml auth login`.
    code: "auth.no_credential",
    hint: others === undefined
      ? bestHint ?? (listsAll ? SERVICE_HINT : GENERAL_HINT)
      : `${bestHint ?? `Set up "${narrowed}"`}, ${others}`,
    details: [
      ...reports
        .filter(({ name, status, hint }) =>
          listsAll || status === "failed" || hint !== undefined && BEST_HINTS.includes(name)
        )
        .map(({ name, reason }) => `${name}: ${reason}`),
      ...(listsAll ? [] : ["`kedro-azureml auth status` lists all credentials"]),
    ],
    data: { credentials: reports },
  });
}

function refused(name: CredentialName, scope: string, reason: string, hint: string | undefined): UserError {
  const audience = scope.replace(/\/\.default$/, "");
  return new UserError(`Cannot get a token for ${audience} from ${name}: ${reason}`, {
    // auth.audience: The credential works, but not for this service. Grant the application access to it, or
    //   use another credential.
    code: "auth.audience",
    ...(hint === undefined ? {} : { hint }),
    data: { credential: name, audience },
  });
}

/**
 * Why a credential cannot sign in to the tenant that Azure requires; `undefined` if it can try. A service principal
 * or managed identity only exists in the tenant it is configured with.
 */
export function wrongTenant(name: CredentialName, { tenant, claims }: TokenDemand): Unavailable | undefined {
  if (tenant === undefined || claims !== undefined || !CREDENTIALS[name].isService) return undefined;
  const reason = `the subscription belongs to tenant "${tenant}", and ${name} signs in to another one`;
  if (name === "managed-identity") {
    return failed(
      reason,
      "Use a machine of the subscription's tenant, or another credential (`--credential`)",
    );
  }
  const variable = name === "azure-pipelines" ? "the service connection's tenant" : "AZURE_TENANT_ID";
  return failed(
    reason,
    `Set ${variable} to ${tenant}, and AZURE_CLIENT_ID to an application that has a service principal there`,
  );
}

/** The error for a credential that cannot get a token that meets Azure's demand. */
export function unmetDemand(
  name: CredentialName,
  scope: string,
  demand: TokenDemand,
  { unavailable, hint }: Unavailable,
): UserError {
  const audience = scope.replace(/\/\.default$/, "");
  const what = demand.claims === undefined
    ? `Azure requires a token from tenant "${demand.tenant}"`
    : `Azure requires ${describeClaims(demand.claims)} for this request`;
  return new UserError(`${what}: ${unavailable}`, {
    // auth.tenant_required: Azure requires a token from another tenant. Use a credential of the tenant that
    //   the message names.
    // auth.claims_required: Azure requires more than this sign-in proves, such as multi-factor
    //   authentication. Run the `auth login` command of the hint.
    code: demand.claims === undefined ? "auth.tenant_required" : "auth.claims_required",
    ...(hint === undefined ? {} : { hint }),
    data: { credential: name, audience, claims: demand.claims, tenant: demand.tenant },
  });
}

/** The error for a demand that Azure repeats for a token that already meets it. */
export function repeatedDemand(name: CredentialName, scope: string, demand: TokenDemand): UserError {
  if (demand.claims === undefined) {
    return unmetDemand(
      name,
      scope,
      demand,
      failed(`it rejected the token that ${name} got from there`, "Run `kedro-azureml auth status`"),
    );
  }
  const failure = CREDENTIALS[name].isService
    ? failed(
      `${name} is not a person and cannot complete a prompt; Azure refused its new token too`,
      "Ask the tenant's administrator which Conditional Access policy for workload identities applies, such as one " +
        "that allows certain networks only",
    )
    : failed(
      `it refused the new token that ${name} got for that, too`,
      "Ask the tenant's administrator which Conditional Access policy applies",
    );
  return unmetDemand(name, scope, demand, failure);
}

/**
 * Starts credentials in order, and the next one in parallel when one takes longer than its head start. Several that
 * hang (`az`, `pwsh`, a metadata service that drops packets) then take as long as the slowest, not as long as their
 * sum. Interactive credentials are only started after all earlier ones have answered.
 *
 * @returns A function that returns the answer of the credential at an index; call it for each in order.
 */
function startInOrder(
  credentials: readonly Credential[],
  { clock, signal, start }: {
    readonly clock: Pick<Clock, "sleep">;
    /** Aborted when the answers are no longer needed. */
    readonly signal: AbortSignal;
    readonly start: (credential: Credential) => Promise<Token | undefined>;
  },
): (at: number) => Promise<Token | undefined> {
  const begun = new Map<number, Begun>();

  function begin(at: number): Begun {
    const before = begun.get(at);
    if (before !== undefined) return before;
    const credential = credentials[at]!;
    const token = start(credential);
    // Handled when its turn comes, if it does.
    token.catch(() => {});
    const { headStartMs } = credential;
    const headStart = headStartMs === undefined
      ? new Promise<never>(() => {})
      : clock.sleep(headStartMs, signal).then(() => "go" as const, () => "stop" as const);
    const started = { token, headStart };
    begun.set(at, started);
    return started;
  }

  return async (at) => {
    const { token } = begin(at);
    const settled = token.then(() => "stop" as const, () => "stop" as const);
    for (let next = at + 1; next < credentials.length && !credentials[next]!.isInteractive; next++) {
      const before = begin(next - 1);
      const isNext = before.token === token ? settled : before.token.then(isToken, () => "stop" as const);
      if (await Promise.race([settled, isNext, before.headStart]) === "stop") break;
      begin(next);
    }
    return await token;
  };
}

interface Begun {
  readonly token: Promise<Token | undefined>;
  /** Settles when the head start is over; never if the next credential has to wait for the token. */
  readonly headStart: Promise<"go" | "stop">;
}

function isToken(token: Token | undefined): "stop" | "go" {
  return token === undefined ? "go" : "stop";
}
