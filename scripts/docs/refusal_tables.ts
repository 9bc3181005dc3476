/** What Azure's refusals and failed connections mean, as the code explains it, for docs/errors.md. */

import { KNOWN_REFUSALS } from "../../src/azureml/errors/known_errors.ts";
import { NETWORK_PROBLEMS } from "../../src/core/net/network_error.ts";

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
