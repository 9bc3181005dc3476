import { app, appId, type EntraSubject, type Explanation } from "./problem.ts";

const SET_CLOCK = "Set the machine's clock: `sudo timedatectl set-ntp true`, on Windows `w32tm /resync`";

/** Whether the credential uses an assertion of an outside issuer, such as GitHub. */
function isFederated({ credential }: EntraSubject): boolean {
  return ["workload-identity", "github-oidc", "azure-pipelines"].includes(credential);
}

/** AADSTS700024: Entra ID repeats its own time and the time range of the assertion. */
export const outOfTime: Explanation = {
  reason(_subject, { description }) {
    const { now, start, end } = timesOf(description);
    if (start > now) return "the assertion is not valid yet: the issuer's clock is fast";
    if (end < now) return "the assertion has expired: it is too old, or the issuer's clock is slow";
    return "the assertion is not valid at this time: this machine's clock is wrong, or the assertion is too old";
  },
  hint: ({ credential }, { description }) => {
    const { now, end } = timesOf(description);
    return credential === "workload-identity" && end < now
      ? "Rewrite the file in AZURE_FEDERATED_TOKEN_FILE shortly before each command, or keep it fresh as Kubernetes does"
      : SET_CLOCK;
  },
};

/** The times in an AADSTS700024, in milliseconds; `NaN` for missing ones. */
function timesOf(
  description: string,
): { readonly now: number; readonly start: number; readonly end: number } {
  const timeAfter = (name: string) =>
    Date.parse(new RegExp(`${name}:? ?([\\dT:.-]+Z)`, "i").exec(description)?.[1] ?? "");
  return {
    now: timeAfter("current time"),
    start: timeAfter("assertion valid from"),
    end: timeAfter("expiry time of assertion"),
  };
}

/** AADSTS50027: the assertion cannot be parsed. */
export const unreadable: Explanation = {
  reason: (subject) =>
    isFederated(subject) ? "the assertion is not a JSON Web Token" : "the assertion cannot be read",
  hint: (subject) =>
    subject.credential === "workload-identity"
      ? "Check what writes the file in AZURE_FEDERATED_TOKEN_FILE"
      : "Check what issues the assertion",
};

/** The assertion's signature was made with an unknown key or certificate. */
export function certificate(): Explanation {
  return {
    reason: (subject) =>
      isFederated(subject)
        ? "the assertion is not signed by its issuer"
        : `the certificate does not belong to ${app(subject)}`,
    hint: (subject) =>
      isFederated(subject)
        ? `Compare the issuer with \`az ad app federated-credential list --id ${appId(subject)}\``
        : `Run \`az ad app credential list --cert --id ${
          appId(subject)
        }\`, and \`az ad app credential reset --id ${
          appId(subject)
        } --cert @certificate.pem --append\` if yours is missing`,
  };
}

/** What GitHub's tokens name as their issuer, which Entra ID does not repeat with a subject. */
const GITHUB = "https://token.actions.githubusercontent.com";

const NUMBERED =
  "; GitHub puts ids into the subjects of repositories that were created, renamed or transferred since 15 July 2026";

/** AADSTS7002xx: no federated credential matches the assertion exactly. Entra ID quotes the assertion's values. */
export function federation(what: string): Explanation {
  return {
    reason: (subject, { description }) => {
      const claims = presented(description);
      const shown = Object.entries(claims).map(([name, value]) => `${name} "${value}"`).join(", ");
      return `no federated credential of ${app(subject)} has this ${what}${shown === "" ? "" : `: ${shown}`}`;
    },
    hint: (subject, { description }) => {
      const { issuer, subject: of } = presented(description);
      const { credential } = subject;
      const id = appId(subject);
      if (of === undefined) {
        return `Run \`az ad app federated-credential list --id ${id}\` and compare with the assertion`;
      }
      const parameters = {
        name: "ci",
        issuer: issuer ?? (credential === "github-oidc" ? GITHUB : "<issuer>"),
        subject: of,
        audiences: ["api://AzureADTokenExchange"],
      };
      return `Compare with \`az ad app federated-credential list --id ${id}\`, or add it: ` +
        `\`az ad app federated-credential create --id ${id} --parameters '${JSON.stringify(parameters)}'\`${
          of.startsWith("repo:") && of.includes("@") ? NUMBERED : ""
        }`;
    },
  };
}

/** Subject and issuer of the assertion, in either format in which Entra ID quotes them. */
function presented(description: string): { readonly subject?: string; readonly issuer?: string } {
  const find = (name: string) =>
    new RegExp(`assertion ${name} '([^']+)'`, "i").exec(description)?.[1] ??
      new RegExp(`Assertion ${name}: '?([^'\\s]+?)'?(?:[,.]?\\s|$)`, "i").exec(description)?.[1];
  const [subject, issuer] = [find("Subject"), find("Issuer")];
  return { ...(subject && { subject }), ...(issuer && { issuer }) };
}
