import { isCi } from "../../core/env_vars.ts";
import type { Context } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";

/** Variables that identify you to Azure or to a CI service; always hidden from project code. */
const NEVER = [
  /^(AZURE|ARM|MSI|IDENTITY|IMDS|ACTIONS|SYSTEM_ACCESSTOKEN|VSTS|ENDPOINT)(_|$)/,
  /^(GITHUB|GH|CI_JOB|GITLAB|BITBUCKET|CIRCLE|BUILDKITE)_.*(TOKEN|PASSWORD|SECRET|JWT)/,
  /^(SYSTEM_ACCESSTOKEN|CI_REGISTRY_PASSWORD)$/,
];

/** Variables that look like secrets; hidden unless allowed by name. */
const SECRET =
  /TOKEN|SECRET|PASSW|PWD|KEY|CREDENTIAL|CONNECTION_?STR|CONN_STR|(^|_)(SAS|AUTH|PAT|DSN|COOKIE|SESSION|JWT)(_|$)|^(AWS|GOOGLE|GCP|GITHUB|SSH|GPG)_/;

/** Variables about this machine that mean nothing inside the interpreter. */
const MACHINE =
  /^(_|PATH|HOME|PWD|OLDPWD|SHELL|TMP|TEMP|TMPDIR|PYTHON.*|LD_.*|DYLD_.*|DENO_.*|NODE_.*|VIRTUAL_ENV|CONDA_.*)$/;

/** The environment variables that project code can read, and those that stay hidden. */
export interface Environ {
  readonly variables: Readonly<Record<string, string>>;
  /** Names of hidden variables, and whether the user may allow each. */
  readonly withheld: Readonly<Record<string, boolean>>;
  readonly warnings: readonly Warning[];
}

/**
 * Chooses the environment variables that the project's code may see: only `allowed` if given; otherwise everything that
 * does not look like a secret, and nothing in CI. Credentials of Azure and of CI services are always hidden.
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
    message: `${name} stays hidden from the project's code: it identifies you to Azure or to the CI service`,
    hint: `Remove ${name} from \`--allow-env-names\``,
  };
}

/** Names of the variables that a `.env` file sets; values are ignored. */
export function namesInDotenv(text: string): string[] {
  // Match line by line, with no ambiguous whitespace, so that the time is linear in the length of any input.
  return text.split(/\r\n?|\n/).flatMap((line) => {
    const name = /^(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/.exec(line.trimStart())?.[1];
    return name === undefined ? [] : [name];
  });
}
