import { NO_SECRET } from "../../../../config/layers/conf_secrets.ts";
import { once } from "../../../../core/async.ts";

/** A secret in the text of a file. */
export interface FoundSecret {
  /** What it is, such as `a GitHub token`. */
  readonly reason: string;
  /** Its line, starting at 1. */
  readonly line: number;
}

/**
 * Secrets that the rules of secretlint do not know: those of Azure and PyPI, access tokens, and keys that are not whole.
 * The signature `Q~` in client secrets is Microsoft's own, so that they can be found.
 */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g, "a client secret of Azure"],
  [
    /(?:AZURE|ARM)_CLIENT_SECRET["']?\]?\s{0,9}[:=]\s{0,9}["']?(?=[\w~.-]{0,43}\d)(?=[\w~.-]{0,43}[A-Za-z])[\w~.-]{24,44}(?![\w~.(-])/g,
    "a client secret of Azure",
  ],
  [/(?<![\w%])sig=(?:[A-Za-z0-9+/]|%2[BF]){43,86}(?:%3D|=)/gi, "a SAS token of Azure storage"],
  [/(?:AccountKey|SharedAccessKey)=(?!Eby8vdM02xNO)[A-Za-z0-9+/]{43,86}={1,2}/g, "an account key of Azure"],
  [
    /(?:account|storage|access)[_-]?key["']?\]?\s{0,9}[:=]?\s{0,9}["']?(?!Eby8vdM02xNO)[A-Za-z0-9+/]{86}==/gi,
    "an account key of Azure",
  ],
  // Keys that Microsoft marks, so that they can be found: of AI services and Azure DevOps, then of storage and Cosmos DB.
  [/(?<![A-Za-z0-9])[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}(?![A-Za-z0-9])/g, "a key of Azure"],
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}(?:\+ASt|ACDb)[A-Za-z0-9+/]{6}==/g, "an account key of Azure"],
  [/(?<![A-Z0-9])AKIA(?![A-Z2-7]{9}EXAMPLE)[A-Z2-7]{16}(?![A-Z0-9])/g, "an AWS key"],
  [/(?<![\w-])AIza[\w-]{35}(?![\w-])/g, "a Google Cloud key"],
  [/pypi-AgE[\w-]{50,}/g, "a PyPI token"],
  // Except for the example of jwt.io, which many documents have.
  [
    /(?<![\w-])eyJ[\w-]{15,4000}\.(?!eyJzdWIiOiIxMjM0NTY3ODkw)eyJ[\w-]{15,4000}\.[\w-]{40,1400}/g,
    "an access token (JWT)",
  ],
  // On lines of its own, or in a literal of a program, of JSON or of YAML.
  [
    /-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY(?: BLOCK)?-----(?:["']? |(?:\\r)?\\n|["']?\r?\n)[\s"'+(]{0,60}(?:[A-Za-z0-9+/=]{40}|Proc-Type:|Version:|Comment:)/g,
    "a private key",
  ],
  // In base64, as in a kubeconfig: RSA, none, EC, OPENSSH and ENCRYPTED.
  [/LS0tLS1CRUdJTi(?:BSU0Eg|BQUklW|BFQyBQ|BPUEVO|BFTkNS)/g, "a private key"],
  [/^PuTTY-User-Key-File-\d: \S/gm, "a private key"],
  // The rule of secretlint knows no drivers, such as `postgresql+psycopg2`.
  [
    /(?<!\w)(?:postgres(?:ql)?|mysql|mariadb|mssql|oracle|redshift|snowflake)\+\w{2,20}:\/\/[^\s:@/"']{1,64}:(?=[^\s@/"']{0,63}\d)(?=[^\s@/"']{0,63}[A-Za-z])[^\s@/"'{}<>$]{8,64}@(?!localhost|127\.)/gi,
    "a password of a database",
  ],
  [
    /(?:User ID|UID|User)=[^;"'\s]{1,64};\s?(?:Password|PWD)=(?=[^;"'\s]{0,127}\d)[^;"'\s{}<>$%]{8,128}(?![^;"'\s])/gi,
    "a password of a database",
  ],
];

/** Part of each text in which a rule of secretlint can find something; the rules take too long to run on every file. */
const HINTS = new RegExp(
  [
    "A3T[A-Z0-9]|A(?:KIA|GPA|IDA|ROA|IPA|NPA|NVA|SIA)[A-Z0-9]{16}",
    "(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)",
    "PRIVATE KEY|_authToken|x-oauth-basic",
    "://[^\\s/:@]{1,256}:[^\\s/@]{1,256}@",
    "(?:npm|gsk|hf|lin_api|ntn|shpp?[act]{1,2}|shpss|gh[pousr]|github_pat|glc|glsa|ops|vc[piark]|dckr_pat|figd)_",
    "xox[abopr]-|xapp-|hooks\\.slack|sk-ant-|sk-[A-Za-z0-9-]{20}|SG\\.|glpat-|hv[sbr]\\.|dapi[A-Fa-f0-9]{8}",
  ].join("|"),
);

/** Names of the rules' services that are not just capitalized. */
const SERVICES: Readonly<Record<string, string>> = {
  privatekey: "a private key",
  basicauth: "a password in a URL",
  "database-connection-string": "a password of a database",
  npm: "an npm token",
  aws: "an AWS key",
  gcp: "a Google Cloud key",
  github: "a GitHub token",
  gitlab: "a GitLab token",
  openai: "an OpenAI key",
  huggingface: "a Hugging Face token",
};

/** Finds the first secret in a text; a comment `secretlint-disable-line` on its line makes an exception. */
export async function findSecretIn(text: string, name: string): Promise<FoundSecret | undefined> {
  const own = OWN.flatMap(([pattern, reason]) => {
    const found = text.matchAll(pattern);
    const first = found.find(({ index }) => !isExcepted(text, index));
    return first === undefined ? [] : [{ reason, index: first.index }];
  });
  const theirs = HINTS.test(text) ? await runRules(text, name) : [];
  const [first] = [...theirs, ...own].sort((a, b) => a.index - b.index);
  if (first === undefined) return undefined;
  return { reason: first.reason, line: text.slice(0, first.index).split("\n").length };
}

function isExcepted(text: string, index: number): boolean {
  const end = text.indexOf("\n", index);
  return text.slice(text.lastIndexOf("\n", index) + 1, end < 0 ? undefined : end).includes(
    NO_SECRET,
  );
}

const loadRules = once(async () => {
  const [{ lintSource }, { creator }] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
  ]);
  const rules = [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator }];
  return (source: { content: string; filePath: string; contentType: "text" }) =>
    lintSource({ source, options: { config: { rules }, noPhysicFilePath: true } });
});

async function runRules(content: string, filePath: string) {
  const lint = await loadRules();
  // Secretlint sees a comment that makes an exception only if the line ends.
  const { messages } = await lint({ content: `${content}\n`, filePath, contentType: "text" });
  return messages.map(({ ruleId, range }) => {
    const service = ruleId.replace(/^@secretlint\/secretlint-rule-/, "");
    const reason = SERVICES[service] ?? `a token of ${service[0]!.toUpperCase()}${service.slice(1)}`;
    return { reason, index: range[0] };
  });
}
