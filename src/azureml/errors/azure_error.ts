import { workspaceId } from "../../config/workspace.ts";
import { durationText } from "../../core/format.ts";
import { askedWaitMs, isTransient } from "../../core/net/retry.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { fields, textOf } from "../../core/json.ts";
import { requestIdOf } from "../../core/net/network_error.ts";
import { redact } from "../../core/secrets.ts";
import {
  auth,
  type AzureProblem,
  type AzureRefusal,
  innerCode,
  readProblem,
  type RefusalMeaning,
  rejected,
} from "./problem.ts";
import { explainKnown } from "./known_errors.ts";
import { roleCommand, WORKSPACE_ROLE } from "./roles.ts";

export type { AzureRefusal };

/** Converts a refusal to an error that says what it means for the user, with Azure's own message as a detail. */
export function azureError(refusal: AzureRefusal): UserError {
  const { action, status, header } = refusal;
  const azure = readProblem(refusal);
  const { code, exit, problem, hint } = explain(refusal, azure);
  const message = azure?.message || (azure === undefined ? refusal.text.slice(0, 300).trim() : "");
  const request = requestIdOf(header) ?? textOf(fields(azure?.correlation).operation);
  const inner = azure && innerCode(azure);
  const codes = [...new Set([azure?.code, inner])].filter(Boolean).join(": ");
  return new UserError(`Cannot ${action}: ${problem}`, {
    code,
    exit,
    hint,
    details: [
      ...(message === "" && azure?.code === undefined ? [] : [
        `${code === "network.answer" ? "Response" : "Azure"}: ${
          redact(oneLine(`${message} ${codes && `(${codes})`}`))
        }`,
      ]),
      ...(azure?.detail ? [`  ${redact(oneLine(azure.detail))}`] : []),
      ...(azure?.details ?? []).map((detail) =>
        `  ${redact(oneLine(detail.message ?? ""))} (${detail.code ?? "no code"})`
      ),
      ...(request === undefined ? [] : [`request ${request}`]),
    ],
    data: { status, azureCode: azure?.code, azureInnerCode: inner, requestId: request },
  });
}

function explain(refusal: AzureRefusal, azure: AzureProblem | undefined): RefusalMeaning {
  const means = azure === undefined ? undefined : explainKnown({ refusal, azure });
  // A wrong clock makes valid tokens and signatures look expired or not yet valid.
  const skew =
    CLOCK_SENSITIVE.includes(means?.code ?? "azure.unauthorized") && [401, 403].includes(refusal.status)
      ? clockAdvice(refusal.header("date"), refusal.now)
      : undefined;
  // azure.clock: Azure rejected a token because this machine's clock is wrong. Set it.
  if (skew !== undefined) return { code: "azure.clock", exit: ExitCode.Auth, ...skew };
  return means ??
    (azure === undefined && isProxyPage(refusal) ? proxyPage(refusal) : byStatus(refusal, azure));
}

/** Whether it is a web page without the request id that every response of Azure has. */
function isProxyPage({ status, text, header }: AzureRefusal): boolean {
  return status !== 407 && status < 500 && requestIdOf(header) === undefined &&
    /^\s*<(!doctype|html)/i.test(text);
}

function proxyPage({ status, url }: AzureRefusal): RefusalMeaning {
  const host = url !== undefined && URL.canParse(url) ? new URL(url).host : "Azure";
  return {
    // network.answer: Something other than the service answered, such as a login page of a proxy. Run
    //   `kedro-azureml doctor`.
    code: "network.answer",
    exit: ExitCode.Unavailable,
    problem: `${host} returned a web page with status ${status}; a proxy or firewall is in between`,
    hint:
      "Ask for the host to be allowed, or add it to NO_PROXY; `kedro-azureml doctor` shows the connection",
  };
}

const CLOCK_SENSITIVE = [
  "azure.unauthorized",
  "azure.token_expired",
  "azure.sas_expired",
  "azure.sas",
  "azure.storage_token",
];

function byStatus(refusal: AzureRefusal, azure: AzureProblem | undefined): RefusalMeaning {
  const { status, workspace } = refusal;
  if (status === 401) {
    return auth(
      // azure.unauthorized: Azure did not accept the token. Run `kedro-azureml auth status`, then sign in
      //   again.
      "azure.unauthorized",
      "Azure does not accept the token",
      "Run `kedro-azureml auth status`, then sign in again to the tenant of the workspace",
    );
  }
  if (status === 403) {
    const command = roleCommand({
      role: WORKSPACE_ROLE,
      scope: workspaceId(workspace),
      assignee: undefined,
    });
    return auth(
      "azure.forbidden",
      "this identity has no permission",
      `Run \`kedro-azureml auth status\` to see which role is missing, for example \`${command}\``,
    );
  }
  if (status === 404) {
    const missing = `not found in workspace "${workspace.name}"`;
    return refusal.method === "PUT"
      ? rejected(
        "azure.not_found",
        `something that it refers to was ${missing}`,
        namesNothing(azure) ? LOOK_UP : "Create what Azure reports above, or change the reference to it",
      )
      : rejected("azure.not_found", missing, "Check its name and the workspace in azureml.yml");
  }
  if (status === 407) {
    return {
      code: "network.proxy_login",
      exit: ExitCode.Unavailable,
      problem: "the proxy requires a sign-in",
      hint: "Set HTTPS_PROXY=http://user:password@host:port",
    };
  }
  if (status === 409) {
    return rejected(
      // azure.conflict: Someone else changed the resource at the same time. Run the command again.
      "azure.conflict",
      "it conflicts with the current state",
      "Try again; someone else may be changing it",
    );
  }
  if (status === 530) {
    return {
      code: "azure.unavailable",
      exit: ExitCode.Unavailable,
      problem: "the workspace's region does not have this service of Azure ML (status 530)",
      hint: "Try again later; if it stays so, ask Azure support",
    };
  }
  if ([408, 429].includes(status) || status >= 500) {
    const waitMs = askedWaitMs(refusal.header, refusal.now ?? new Date(Number.NaN)) ?? 0;
    return {
      // azure.unavailable: Azure kept answering with a server error. Try again later.
      // azure.busy: Azure throttles requests, and kept doing so. Try again in a few minutes.
      code: status === 429 ? "azure.busy" : "azure.unavailable",
      exit: ExitCode.Unavailable,
      problem: status === 429
        ? "Azure is throttling requests"
        : `Azure ${isTransient(status) ? "kept answering" : "answered with status"} ${status}`,
      hint: `Try again in ${waitMs > 60_000 ? durationText(waitMs) : "a few minutes"}`,
    };
  }
  return rejected(
    "azure.rejected",
    "Azure refused it",
    namesNothing(azure) ? LOOK_UP : "Fix the problem that Azure reports above",
  );
}

const LOOK_UP = "Run `kedro-azureml validate --online`, which looks up what the job refers to";

/**
 * Whether a message is only a class of Azure's own (https://github.com/Azure/azure-cli-extensions/issues/6662), or a
 * pattern without its values (https://github.com/Azure/AutoML-vNext-Preview/issues/5).
 */
function namesNothing(azure: AzureProblem | undefined): boolean {
  return /^System\.[\w.]+$|\{\w+\}/.test(azure?.message ?? "");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Entra ID and Azure tolerate a clock that is off by up to 5 minutes. */
const LARGEST_MS = 5 * 60_000;

/**
 * Compares this machine's clock with the `Date` header of a response.
 *
 * @returns `undefined` if the difference is at most five minutes, or if either time is unknown.
 */
export function clockAdvice(date: string | undefined, now: Date | undefined): {
  readonly problem: string;
  readonly hint: string;
} | undefined {
  const theirs = new Date(date ?? "").getTime();
  if (now === undefined || Number.isNaN(theirs)) return undefined;
  const aheadMs = now.getTime() - theirs;
  if (Math.abs(aheadMs) <= LARGEST_MS) return undefined;
  return {
    problem: `this machine's clock is ${duration(Math.abs(aheadMs))} ${
      aheadMs > 0 ? "fast" : "slow"
    }, so tokens and signatures are not valid`,
    hint:
      "Set the clock: `sudo timedatectl set-ntp true`, on Windows `w32tm /resync`, on macOS `sudo sntp -sS time.apple.com`",
  };
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
