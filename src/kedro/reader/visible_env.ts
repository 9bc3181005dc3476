import { isCi } from "../../core/is_ci.ts";
import type { Context } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";

/** What identifies somebody to Azure or to a CI service; no project ever sees it. */
const NEVER = [
  /^(AZURE|ARM|MSI|IDENTITY|IMDS|ACTIONS|SYSTEM_ACCESSTOKEN|VSTS|ENDPOINT)(_|$)/,
  /^(GITHUB|GH|CI_JOB|GITLAB|BITBUCKET|CIRCLE|BUILDKITE)_.*(TOKEN|PASSWORD|SECRET|JWT)/,
  /^(SYSTEM_ACCESSTOKEN|CI_REGISTRY_PASSWORD)$/,
];

/** What looks like a secret; a project sees it only when its exact name is allowed. */
const SECRET =
  /TOKEN|SECRET|PASSW|PWD|KEY|CREDENTIAL|CONNECTION_?STR|CONN_STR|(^|_)(SAS|AUTH|PAT|DSN|COOKIE|SESSION|JWT)(_|$)|^(AWS|GOOGLE|GCP|GITHUB|SSH|GPG)_/;

/** What tells of this machine and means nothing inside the interpreter. */
const MACHINE =
  /^(_|PATH|HOME|PWD|OLDPWD|SHELL|TMP|TEMP|TMPDIR|PYTHON.*|LD_.*|DYLD_.*|DENO_.*|NODE_.*|VIRTUAL_ENV|CONDA_.*)$/;

/** The environment variables that the project's code may see, and what was kept from it though it was asked for. */
export interface Environ {
  readonly variables: Readonly<Record<string, string>>;
  /** Names of variables that are kept from it, and whether it may be allowed to see each. */
  readonly withheld: Readonly<Record<string, boolean>>;
  readonly warnings: readonly Warning[];
}

/**
 * Chooses the environment variables that the project's code may see: on a person's machine all but what looks like a
 * secret, in CI only `allowed`; credentials of Azure and of CI services never.
 */
export function chooseEnviron(env: Context["env"], allowed: readonly string[] | undefined): Environ {
  const variables: Record<string, string> = {};
  const withheld: Record<string, boolean> = {};
  const refused: string[] = [];
  const named = new Set(allowed);
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const never = NEVER.some((pattern) => pattern.test(name.toUpperCase()));
    if (named.has(name) && never) refused.push(name);
    if (!never && (allowed === undefined ? !isCi(env) && isHarmless(name, value) : named.has(name))) {
      variables[name] = value;
    } else if (!MACHINE.test(name.toUpperCase())) withheld[name] = !never;
  }
  return { variables, withheld, warnings: refused.map(withheldWarning) };
}

function isHarmless(name: string, value: string): boolean {
  const upper = name.toUpperCase();
  return !SECRET.test(upper) && !MACHINE.test(upper) && !/:\/\/[^/\s@]*:[^/\s@]*@/.test(value);
}

function withheldWarning(name: string): Warning {
  return {
    code: "kedro.env_withheld",
    message: `The project's code does not see ${name}: it identifies you to Azure or to the CI service`,
    hint: `Leave ${name} out of \`--allow-env-names\``,
  };
}

/** The variables that a `.env` file sets; their values are nobody's business here. */
export function namesInDotenv(text: string): string[] {
  return [...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].map((found) => found[1]!);
}
