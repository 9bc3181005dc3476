import pLimit from "p-limit";
import { NO_SECRET } from "../../config/conf_secrets.ts";
import { once } from "../../core/async.ts";
import type { FileSystem } from "../../core/context.ts";
import { maskedPair } from "../../core/secrets.ts";
import { DATA_NAME } from "../../core/untrusted.ts";
import type { CodeFile } from "../job/code/file.ts";
import type { Step } from "../job/job_spec.ts";
import { parameterFacts } from "../runs/compare.ts";

/** Patterns of file names, and what such files usually are. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^\.env(?:\..+)?$(?<!\.(?:example|sample|template|dist|md))/i, "a file of environment variables"],
  [/^(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.+_rsa)$/i, "a private key"],
  [/\.(?:pem|key|ppk)$/i, "a private key"],
  [/\.(?:pfx|p12|jks|keystore)$/i, "a key store"],
  [/^credentials(?:[._-].*)?\.(?:ya?ml|json|ini|toml|csv)$/i, "credentials"],
  [/^\.?(?:netrc|pypirc|pgpass|npmrc|git-credentials|dockercfg|htpasswd)$/i, "credentials of a tool"],
  [/^_netrc$/i, "credentials of a tool"],
  [
    /^(?:service[-_]?principal|sp[-_]?credentials?|service[-_]?account|client[-_]?secrets?).*\.json$/i,
    "a service principal",
  ],
  [
    /^(?:azure[-_]?(?:credentials|auth)|azureauth|msal_token_cache.*)\.(?:json|bin)$/i,
    "credentials of Azure",
  ],
  [/^accesstokens\.json$/i, "credentials of Azure"],
  [/^secrets?(?:[._-].*)?\.(?:ya?ml|json|toml|ini|env)$/i, "secrets"],
  [/\.(?:kdbx|ovpn|kubeconfig)$/i, "credentials of a tool"],
  [/\.tfstate(?:\.backup)?$/i, "the state of Terraform, which has secrets"],
  [/^\.?kubeconfig$/i, "credentials of a tool"],
];

/** Patterns of paths where tools keep credentials. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)\.aws\/credentials$/i, "credentials of AWS"],
  [/(?:^|\/)\.azure\/.+\.(?:json|bin)$/i, "credentials of Azure"],
  [/(?:^|\/)\.kube\/config$/i, "credentials of Kubernetes"],
  [/(?:^|\/)\.docker\/config\.json$/i, "credentials of Docker"],
  [/(?:^|\/)\.ssh\/(?!known_hosts|config|.+\.pub$).+$/i, "a private key"],
];

/** A file that looks like a secret. */
export interface SecretFile {
  readonly name: string;
  /** What it looks like, or contains, such as `a private key`. */
  readonly reason: string;
  /** The line of the secret; absent if the name of the file shows what it is. */
  readonly line?: number;
}

/** Sizes up to which files are read: credentials that are known by their name, and all others. */
const [LARGEST_CREDENTIALS_BYTES, LARGEST_READ_BYTES] = [32 * 1024, 16 * 1024 * 1024];
const SECRET_VALUE =
  /"(?:client_?secret|private_?key|account_?key|connection_?string|access_?token|refresh_?token)"\s{0,9}:\s{0,9}"[^"<${]{8,}"/i;
/** Credentials of a registry in a configuration of Docker, whatever its name is. */
const DOCKER_AUTH = /"auth"\s{0,9}:\s{0,9}"[\w+/=]{16,}"/;

/** A literal value in YAML, as opposed to one from `${…}`. */
const PLAIN_VALUE = /^\s*(?:- )?[^\s#:][^#:]*:[ \t]+(?!["']?\$\{|[#&*|>{[]|["']{2}\s*$)\S/m;

/**
 * Finds files that look like secrets by their names, and those that contain a private key, a token or a password.
 * Credentials files whose values all come from variables do not count.
 *
 * @param files The files to upload.
 */
export async function findSecrets(
  fs: Pick<FileSystem, "readText">,
  files: readonly CodeFile[],
): Promise<SecretFile[]> {
  const limit = pLimit(READS_AT_ONCE);
  const findings = await Promise.all(files.map((file) => limit(() => secretOf(fs, file))));
  return findings.filter((finding) => finding !== undefined);
}

const READS_AT_ONCE = 8;

async function secretOf(fs: Pick<FileSystem, "readText">, file: CodeFile): Promise<SecretFile | undefined> {
  const { name, path, sizeBytes, keepsFolder } = file;
  if (keepsFolder) return undefined;
  const byName = secretName(name);
  const isRead = sizeBytes <= LARGEST_READ_BYTES && !DATA_NAME.test(name);
  const text = isRead ? plainText(await fs.readText(path).catch(() => "")) : "";
  if (byName !== undefined && isSecretByName(file, text)) return { name, reason: byName };
  if (text === "" || text.slice(0, 8000).includes("\0")) return undefined;
  const secret = await findSecretIn(text, name);
  if (secret !== undefined) return { name, ...secret };
  const isJson = /\.json$/i.test(name) && sizeBytes <= LARGEST_CREDENTIALS_BYTES;
  const isCredentials = isJson &&
    (SECRET_VALUE.test(text) || text.includes('"auths"') && DOCKER_AUTH.test(text));
  return isCredentials ? { name, reason: "credentials" } : undefined;
}

/** Drops the zeros of UTF-16, which PowerShell writes by default; its mark is no UTF-8. */
function plainText(text: string): string {
  return /^(?:\uFFFD{2}|.\0.\0)/.test(text) ? text.replaceAll("\0", "") : text;
}

/** Files of which a name is enough, and those that may be without a secret, such as a certificate. */
function isSecretByName({ name, sizeBytes }: CodeFile, text: string): boolean {
  if (sizeBytes > LARGEST_CREDENTIALS_BYTES) return true;
  if (/\.pem$/i.test(name)) return text.includes("PRIVATE KEY");
  return !/\.ya?ml$/i.test(name) || PLAIN_VALUE.test(text);
}

/** What kind of secret a file name suggests; `undefined` if none. */
export function secretName(name: string): string | undefined {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return NAMES.find(([pattern]) => pattern.test(last))?.[1] ??
    PLACES.find(([pattern]) => pattern.test(name))?.[1];
}

/** A secret in the text of a file. */
interface FoundSecret {
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

/** The environment variables of a step whose values look like secrets. */
export function secretVariables({ environmentVariables }: Step): string[] {
  return secretNames(Object.entries(environmentVariables));
}

/** The runtime parameters of a step whose values look like secrets, such as `db.password`. */
export function secretParameters({ command }: Step): string[] {
  return secretNames(parameterFacts(command).parameters);
}

/** Values that hide nothing, as text and as JSON. */
const EMPTY = ["", '""', "null", "true", "false", "[]", "{}"];

function secretNames(values: readonly (readonly [string, string])[]): string[] {
  return values.filter(([name, value]) => !EMPTY.includes(value) && maskedPair(name, value)[1] !== value)
    .map(([name]) => name);
}
