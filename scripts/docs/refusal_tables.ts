/** The tables of docs/troubleshooting.md: what Entra ID, Azure and the network say, as the code explains it. */

import { KNOWN_REFUSALS } from "../../src/azureml/errors/known_errors.ts";
import { explain, EXPLANATIONS } from "../../src/credentials/entra_errors.ts";
import { NETWORK_PROBLEMS } from "../../src/core/net/network_error.ts";

/** Nobody in particular, so that the words are the general ones. */
const ANYBODY = [
  { credential: "" },
  { error: "", code: undefined, description: "", correlationId: undefined },
] as const;

const ANYWHERE = {
  action: "",
  status: 403,
  text: "",
  header: () => undefined,
  url: "https://<account>.blob.core.windows.net/",
  workspace: { name: "<workspace>", resource_group: "<group>", subscription_id: "<subscription>" },
  versionVariable: "KEDRO_AZUREML_API_VERSION_<KIND>",
};
const ANY_VERSION = {
  code: "InvalidApiVersionParameter",
  message: "The supported api-versions are '<version>'",
};

/** AADSTS numbers, what they mean and what to do; those with the same words share a row. */
export function signInRows(): readonly (readonly string[])[] {
  const rows = Object.entries(EXPLANATIONS).map(([code, { reason, hint }]) =>
    [`AADSTS${code}`, explain(reason, ...ANYBODY), explain(hint, ...ANYBODY)] as const
  );
  return [...Map.groupBy(rows, ([, reason, hint]) => `${reason}\n${hint}`).values()].map((same) =>
    [same.map(([code]) => code).join(", "), same[0]![1], same[0]![2]] as const
  );
}

/** Azure's refusals, by the code of our error. */
export function refusalRows(): readonly (readonly string[])[] {
  return KNOWN_REFUSALS.map(({ means }) => {
    const { code, problem, hint } = means({ refusal: ANYWHERE, azure: ANY_VERSION });
    return [`\`${code}\``, problem, hint] as const;
  });
}

/** Why a host gave no answer, by the code of our error. */
export function networkRows(): readonly (readonly string[])[] {
  return NETWORK_PROBLEMS.map(({ code, problem, hint }) =>
    [`\`${code}\``, `The host ${problem}`, hint] as const
  );
}
