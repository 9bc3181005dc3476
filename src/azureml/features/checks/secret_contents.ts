import { once } from "../../../core/once.ts";

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
  [/(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/, "a client secret of Azure"],
  [
    /AZURE_CLIENT_SECRET["']?\s{0,9}[:=]\s{0,9}["']?(?=[\w~.-]{0,43}\d)(?=[\w~.-]{0,43}[A-Za-z])[\w~.-]{24,44}(?![\w~.(-])/,
    "a client secret of Azure",
  ],
  [/[?&;"']sig=(?:[A-Za-z0-9]|%2[BF]){43,86}(?:%3D|=)/i, "a SAS token of Azure storage"],
  [/(?:AccountKey|SharedAccessKey)=(?!Eby8vdM02xNO)[A-Za-z0-9+/]{43,86}={1,2}/, "an account key of Azure"],
  [/pypi-AgE[\w-]{50,}/, "a PyPI token"],
  // Except for the example of jwt.io, which many documents have.
  [
    /(?<![\w-])eyJ[\w-]{15,4000}\.(?!eyJzdWIiOiIxMjM0NTY3ODkw)eyJ[\w-]{15,4000}\.[\w-]{40,1400}/,
    "an access token (JWT)",
  ],
  [
    /^-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY(?: BLOCK)?-----\r?\n(?=[A-Za-z0-9+/=:, -]{16})/m,
    "a private key",
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
    const index = pattern.exec(text)?.index;
    return index === undefined || isExcepted(text, index) ? [] : [{ reason, index }];
  });
  const theirs = HINTS.test(text) ? await runRules(text, name) : [];
  const [first] = [...theirs, ...own].sort((a, b) => a.index - b.index);
  if (first === undefined) return undefined;
  return { reason: first.reason, line: text.slice(0, first.index).split("\n").length };
}

function isExcepted(text: string, index: number): boolean {
  const end = text.indexOf("\n", index);
  return text.slice(text.lastIndexOf("\n", index) + 1, end < 0 ? undefined : end).includes(
    "secretlint-disable-line",
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
  const { messages } = await lint({ content, filePath, contentType: "text" });
  return messages.map(({ ruleId, range }) => {
    const service = ruleId.replace(/^@secretlint\/secretlint-rule-/, "");
    const reason = SERVICES[service] ?? `a token of ${service[0]!.toUpperCase()}${service.slice(1)}`;
    return { reason, index: range[0] };
  });
}
