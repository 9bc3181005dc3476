import type { EntraSubject } from "./problem.ts";
import { app, appId, type Explanation } from "./explanation.ts";

const SET_CLOCK = "Set the machine's clock: `sudo timedatectl set-ntp true`, on Windows `w32tm /resync`";

/** Whether an issuer other than this machine's user vouched for who signs in. */
function isFederated({ credential }: EntraSubject): boolean {
  return ["workload-identity", "github-oidc", "azure-pipelines"].includes(credential);
}

/** Entra ID says what time it is, and when the assertion begins and ends; the assertion has this machine's time. */
export const outOfTime: Explanation = {
  reason(_subject, { description }) {
    const { now, start, end } = timesOf(description);
    if (start > now) return "the assertion begins in the future: the clock of whoever made it is fast";
    if (end < now) {
      return "the assertion is over: it was kept too long, or the clock of whoever made it is slow";
    }
    return "the assertion is not valid at this time: the machine's clock is wrong, or it was kept too long";
  },
  hint: ({ credential }, { description }) => {
    const { now, end } = timesOf(description);
    return credential === "workload-identity" && end < now
      ? "Have the file that AZURE_FEDERATED_TOKEN_FILE names written anew shortly before each command, or kept fresh " +
        "as Kubernetes does"
      : SET_CLOCK;
  },
};

/** What an AADSTS700024 says, as milliseconds; `NaN` where it does not. */
function timesOf(
  description: string,
): { readonly now: number; readonly start: number; readonly end: number } {
  const at = (name: string) =>
    Date.parse(new RegExp(`${name}:? ?([\\dT:.-]+Z)`, "i").exec(description)?.[1] ?? "");
  return { now: at("current time"), start: at("assertion valid from"), end: at("expiry time of assertion") };
}

/** An assertion that is none. */
export const unreadable: Explanation = {
  reason: (subject) =>
    isFederated(subject) ? "the assertion is no JSON Web Token" : "the assertion cannot be read",
  hint: (subject) =>
    subject.credential === "workload-identity"
      ? "Look at what writes the file that AZURE_FEDERATED_TOKEN_FILE names"
      : "Look at what issues the assertion",
};

/** An assertion whose signature nobody known made. */
export function certificate(): Explanation {
  return {
    reason: (subject) =>
      isFederated(subject)
        ? "the assertion is not signed by the issuer that it names"
        : `the certificate is not one of ${app(subject)}`,
    hint: (subject) =>
      isFederated(subject)
        ? `Compare the issuer with \`az ad app federated-credential list --id ${appId(subject)}\``
        : `Run \`az ad app credential list --cert --id ${
          appId(subject)
        }\`, and \`az ad app credential reset --id ${
          appId(subject)
        } --cert @certificate.pem --append\` where yours is not there`,
  };
}

/** What a federated credential must say is what the assertion says, letter by letter; Entra ID repeats it. */
export function federation(what: string): Explanation {
  return {
    reason: (subject, { description }) => {
      const said = presented(description);
      const shown = Object.entries(said).map(([name, value]) => `${name} "${value}"`).join(", ");
      return `no federated credential of ${app(subject)} has this ${what}${shown === "" ? "" : `: ${shown}`}`;
    },
    hint: (subject, { description }) => {
      const { issuer, subject: of } = presented(description);
      const id = appId(subject);
      if (of === undefined) {
        return `Run \`az ad app federated-credential list --id ${id}\`, and compare with what issues the assertion`;
      }
      const parameters = {
        name: "ci",
        ...(issuer === undefined ? { issuer: "<issuer>" } : { issuer }),
        subject: of,
        audiences: ["api://AzureADTokenExchange"],
      };
      return `Compare with \`az ad app federated-credential list --id ${id}\`, or add it: ` +
        `\`az ad app federated-credential create --id ${id} --parameters '${JSON.stringify(parameters)}'\``;
    },
  };
}

/** What the assertion said, in both of the forms in which Entra ID repeats it. */
function presented(description: string): { readonly subject?: string; readonly issuer?: string } {
  const find = (name: string) =>
    new RegExp(`assertion ${name} '([^']+)'`, "i").exec(description)?.[1] ??
      new RegExp(`Assertion ${name}: '?([^'\\s]+?)'?(?:[,.]?\\s|$)`, "i").exec(description)?.[1];
  const [subject, issuer] = [find("Subject"), find("Issuer")];
  return { ...(subject && { subject }), ...(issuer && { issuer }) };
}
