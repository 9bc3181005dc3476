import type { Context } from "./context.ts";
import { type Fields, fields, isFields, isRawJson } from "./json.ts";
import { isParameter } from "./loader_settings.ts";
import { bindingOf } from "./runs.ts";

const MASK = "***";

/** Names of what models read and write, such as `max_tokens`, `tokenizer` and `pad_token_id`. */
const TOKENS_OF_TEXT =
  /tokeni[sz]|(?:max|min|num|new|n|pad|unk|bos|eos|sep|cls|mask|stop|special)_?tokens?|tokens?_?(?:ids?|count|limit|length|per)(?![a-z])/gi;

/** Whether a name suggests that its value is a secret: of a variable, a key or an option. */
export function isSecretName(name: string): boolean {
  return /secret|passw(or)?d|passphrase|token|credential|api[_-]?key|(access|account|private|shared|storage)[_-]?key|connection[_-]?string|(^|_)(sas|pwd)(_|$)/i
    .test(name.replace(TOKENS_OF_TEXT, ""));
}

/** Ends of names of files and folders. */
const PATH_WORDS = "dir|file|folder|path";
const IS_PATH = new RegExp(`[_-](?:${PATH_WORDS})$`, "i");

/** Whether a value is one by its name: neither a small number called after tokens, nor the path of a file or folder. */
function isNamedSecret(name: string, value: unknown): boolean {
  const text = asText(value).trim();
  if (IS_PATH.test(name) && /^["']?[\w.~-]*[\\/][\w.~\\/-]*["']?$/.test(text)) {
    return false;
  }
  const counts = /^-?\d{1,6}(?:\.\d+)?$/.test(text);
  return isSecretName(counts ? name.replace(/tokens?/gi, "") : name);
}

/** The end of a name that describes a secret, such as `secret_name` and `token_url`, and does not hold it. */
const ABOUT_SECRET = new RegExp(
  `(?:${PATH_WORDS}|name|id|url|uri|endpoint|env|var|variable|column|col|field|type|prefix|suffix|region|bucket|host|port|user|version|format)s?$`,
  "i",
);

/** Whether a name describes a secret and does not hold it, so that its value is no finding. */
export function describesSecret(name: string): boolean {
  return ABOUT_SECRET.test(name);
}

/** Environment variables that identify you to Azure or to a CI service. */
const IDENTITY = [
  /^(AZURE|ARM|MSI|IDENTITY|IMDS|ACTIONS|SYSTEM_ACCESSTOKEN|VSTS|ENDPOINT)(_|$)/,
  /^(GITHUB|GH|CI_JOB|GITLAB|BITBUCKET|CIRCLE|BUILDKITE)_.*(TOKEN|PASSWORD|SECRET|JWT)/,
  /^CI_REGISTRY_PASSWORD$/,
];

/** Whether an environment variable identifies you, so that no option shows it to the project's code. */
export function isIdentityVariable(name: string): boolean {
  return IDENTITY.some((pattern) => pattern.test(name.toUpperCase()));
}

/** The environment without the variables that identify you. */
export function withoutIdentity(env: Context["env"]): Record<string, string> {
  return without(env, isIdentityVariable);
}

function without(env: Context["env"], isLeftOut: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || isLeftOut(name) ? [] : [[name, value]]
    ),
  );
}

/** Wider than {@linkcode isSecretName}: hiding too much from the project's code is mended by naming it. */
const HIDDEN_VARIABLE =
  /TOKEN|SECRET|PASSW|PWD|KEY|CREDENTIAL|CONNECTION_?STR|CONN_STR|(^|_)(SAS|AUTH|PAT|DSN|COOKIE|SESSION|JWT)(_|$)|^(AWS|GOOGLE|GCP|GITHUB|SSH|GPG)_/;

/** Whether an environment variable is hidden from the project's code unless it is allowed by name. */
export function isHiddenVariable(name: string): boolean {
  return isSecretName(name) || HIDDEN_VARIABLE.test(name.toUpperCase());
}

/** Names of the variables whose values are secret and must never be printed. */
const SECRET_ENV_VARS: ReadonlySet<string> = new Set([
  "AZURE_CLIENT_SECRET",
  "AZURE_CLIENT_CERTIFICATE_PASSWORD",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "SYSTEM_ACCESSTOKEN",
  "IDENTITY_HEADER",
  "MSI_SECRET",
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "ALL_PROXY",
]);

/** The values of the variables that are secret whatever they look like. */
export function ownSecrets(env: Context["env"]): readonly (string | undefined)[] {
  return [...SECRET_ENV_VARS].map((name) => env[name]);
}

/**
 * The environment of other programs, such as `az` and a browser: without this program's secrets, and without those that
 * their names show. They need the address of a proxy, with its password, and the paths of files.
 */
export function withoutSecrets(env: Context["env"]): Record<string, string> {
  return without(
    env,
    (name) =>
      !/_(?:PROXY|FILE)$/i.test(name) && (SECRET_ENV_VARS.has(name.toUpperCase()) || isSecretName(name)),
  );
}

/** What a file is that its name or place shows to be secret. */
interface SecretFileRule {
  readonly what: string;
  /** More names that the project's code never sees, and no upload follows a link to; these may be too many. */
  readonly hidden?: RegExp;
  /** Names that are a finding in an upload, each worth a look, and hidden too. */
  readonly found: RegExp;
}

const SECRET_FILES: readonly SecretFileRule[] = [
  {
    what: "a file of environment variables",
    hidden: /^\.env(?:rc)?(?:[^a-z].*)?$|\.env$/i,
    found: /^\.env(?:rc)?(?:\..+)?$(?<!\.(?:example|sample|template|dist|md))/i,
  },
  {
    what: "a private key",
    hidden: /^id_(rsa|dsa|ecdsa|ed25519)/i,
    found: /^(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.+_rsa)$/i,
  },
  { what: "a private key", hidden: /\.(pem|key|ppk|crt|cer|der)$/i, found: /\.(?:pem|key|ppk)$/i },
  { what: "a key store", found: /\.(?:pfx|p12|jks|keystore)$/i },
  {
    what: "credentials",
    hidden: /^credentials/i,
    found: /^credentials(?:[._-](?!(?:ex[ae]mple|sample|template)\.).*)?\.(?:ya?ml|json|ini|toml|csv)$/i,
  },
  {
    what: "credentials of a tool",
    found:
      /^(?:_?(?:netrc|pypirc|pgpass|npmrc|git-credentials|dockercfg|dockerconfigjson|htpasswd|kubeconfig)|\.(?:databrickscfg|vault-token|terraformrc|my\.cnf|boto|s3cfg)|kaggle\.json)$/i,
  },
  { what: "credentials of a tool", found: /\.(?:kdbx|ovpn|kubeconfig)$/i },
  {
    what: "a service principal",
    found:
      /^(?:service[-_]?principal|sp[-_]?credentials?|service[-_]?account|client[-_]?secrets?|application_default_credentials).*\.json$/i,
  },
  {
    what: "credentials of Azure",
    found:
      /^(?:accesstokens\.json|local\.settings\.json|.+\.publishsettings|(?:azure[-_]?(?:credentials|auth)|azureauth|msal_token_cache.*)\.(?:json|bin))$/i,
  },
  { what: "secrets", found: /^secrets?(?:[._-].*)?\.(?:ya?ml|json|toml|ini|env)$/i },
  { what: "the state of Terraform, which has secrets", found: /\.tfstate(?:\.\d+)?$/i },
  { what: "secrets of Terraform", found: /\.tfvars(?:\.json)?$/i },
];

/** One pattern for all hidden names, because each name in a project is tested. */
const HIDDEN_FILE = new RegExp(
  SECRET_FILES.flatMap(({ hidden, found }) => [...hidden ? [hidden.source] : [], found.source]).join("|"),
  "i",
);

/** Places where tools keep credentials, and what these are. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)\.aws\/credentials$/i, "credentials of AWS"],
  [/(?:^|\/)\.azure\/.+\.(?:json|bin)$/i, "credentials of Azure"],
  [/(?:^|\/)\.kube\/config$/i, "credentials of Kubernetes"],
  [/(?:^|\/)\.docker\/config\.json$/i, "credentials of Docker"],
  [/(?:^|\/)\.ssh\/(?!known_hosts|config|.+\.pub$).+$/i, "a private key"],
];

/** Whether a path is that of a file of credentials that Kedro reads, unless settings.py registers others. */
export function isCredentialsFile(path: string): boolean {
  return /(?:^|\/)credentials[^/]*(?:\/.*)?\.(?:ya?ml|json)$/i.test(path);
}

/** What editors and tools add to the name of a file for its copy, such as in `name.bak`. */
const COPY = /^\.?#|(?:[~#]|\.(?:bak|backup|old|orig|save|sw[a-p]))+$/gi;

/** The name of what a file is a copy of; without a dot before it, too, which editors add to some. */
function originals(name: string): readonly string[] {
  const original = name.replace(COPY, "");
  return [original, original.replace(/^\./, "")];
}

/** Whether reading a project never needs a file of this name: credentials, keys and certificates, and copies of them. */
export function isHiddenFile(name: string): boolean {
  return originals(name).some((original) => HIDDEN_FILE.test(original));
}

/** What kind of secret a path suggests to somebody who uploads it; `undefined` if none. */
export function secretFile(path: string): string | undefined {
  const names = originals(path.slice(path.lastIndexOf("/") + 1));
  return SECRET_FILES.find(({ found }) => names.some((name) => found.test(name)))?.what ??
    PLACES.find(([place]) => place.test(path))?.[1];
}

/** Keys whose values are secret in a query, a form or a JSON object. */
const NAMES = "sig|client_secret|client_assertion|assertion|password|refresh_token|access_token|id_token|" +
  "accessToken|refreshToken|idToken|device_code|code_verifier|AccountKey|SharedAccessSignature|sasToken|secret";

/** Tokens that their issuers mark. */
export const ISSUED = new RegExp(
  "(?<![\\w-])(?:" + [
    "GOCSPX-[\\w-]{28}|gh[pousr]_\\w{36}|github_pat_\\w{22,250}|gl(?:pat|dt|rt|oas|soat|ptt)-[\\w-]{20}|hf_[A-Za-z]{34}",
    "AGE-SECRET-KEY-1[A-Z0-9]{58}|[sr]k_live_[A-Za-z0-9]{24,99}|sk-ant-\\w{3,9}-[\\w-]{80,99}",
    "xai-\\w{80}|pplx-\\w{48}|r8_\\w{37}|lsv2_(?:pt|sk)_[\\da-f]{32}_[\\da-f]{10}|pul-[\\da-f]{40}",
  ].join("|") + ")(?![\\w-])|\\.atlasv1\\.[\\w-]{60,67}",
  "g",
);

/** The signature `Q~` is Microsoft's own, so that client secrets can be found. */
export const ENTRA_SECRET = /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g;

/** What hides a secret in output, and its replacement if that is not all of it: too much is better than too little. */
const SHOWN: readonly (readonly [secret: RegExp, replacement: string])[] = [
  [new RegExp(`(["'](?:${NAMES})["']\\s*:\\s*["'])[^"']+`, "gi"), `$1${MASK}`],
  [new RegExp(`((?:^|[?&;\\s"'])(?:${NAMES})=)[^&;\\s"'<>]+`, "gi"), `$1${MASK}`],
  [/\b(Bearer|Basic|SharedKey|SharedAccessSignature)\s+[A-Za-z0-9+/=_.~:-]{8,}/gi, `$1 ${MASK}`],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, MASK],
  [ISSUED, MASK],
  [ENTRA_SECRET, MASK],
  // A name of a user that is long is a token.
  [/(\/\/)(?:[^/\s:@]*:[^/\s@]+|[^/\s:@]{20,})@/g, `$1${MASK}@`],
];

/** The comments that say that a line has no secret, for all rules: of secretlint and of detect-secrets. */
export const NO_SECRET = /secretlint-disable-line|pragma: allowlist secret/;

/**
 * Removes secrets from text for a log, a message or a file: SAS signatures, tokens, client secrets, account keys, and
 * the user name and password of a URL.
 *
 * @param secrets Values that are secret whatever they look like, such as that of AZURE_CLIENT_SECRET.
 */
export function redact(text: string, secrets: readonly (string | undefined)[] = []): string {
  const known = secrets.filter((secret) => secret !== undefined && secret.length > 3) as string[];
  const spellings = known.flatMap((secret) => [secret, encodeURIComponent(secret), formEncoded(secret)]);
  const bare = spellings.reduce((left, secret) => left.replaceAll(secret, MASK), text);
  return SHOWN.reduce((left, [secret, replacement]) => left.replace(secret, replacement), bare);
}

function formEncoded(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

/** The name in an assignment or comparison such as `name=value`, `--name=value`, `name: value` or JSON. */
const ASSIGNED = /(?<![\w.-])-*([A-Za-z_][\w.-]*)\\*["']?\s*(?:!=|[=:][=:>]*)/dg;

/** A name and its value, masked if it looks like a secret. */
export function maskedPair(name: string, value: unknown): readonly [string, string] {
  return [name, isNamedSecret(name, value) ? MASK : asText(maskedJson(value))];
}

/**
 * Masks values that look like secrets or are assigned to a name that does; a value of several lines may become one.
 * Pure.
 */
export function maskedText(text: string): string {
  const plain = redact(text);
  let shown = "";
  let done = 0;
  for (const { 0: assigned, 1: name, index, indices } of plain.matchAll(ASSIGNED)) {
    if (index < done || !isSecretName(name!)) continue;
    const value = assignedValue(plain, indices![1]![0], index + assigned.length);
    if (value === undefined || !isNamedSecret(name!, plain.slice(value.from, value.to))) continue;
    shown += plain.slice(done, value.from) + plain.slice(value.from, value.to).replace(/\S[^\n]*/g, MASK);
    done = value.to;
  }
  return shown + plain.slice(done);
}

/**
 * Masks values that look like secrets in JSON: texts, and all texts and numbers below a key that names a secret. Pure.
 */
export function maskedJson(value: unknown): unknown {
  return masked(value, false);
}

/** Parts of a body whose keys are names of steps, inputs and outputs. */
const KEYED_BY_NAME = new Set(["components", "jobs", "inputs", "outputs"]);

/**
 * Masks values that look like secrets in the body of a request. A step or dataset that is called `tokens` is no secret,
 * but the literal value of such an input is one. Pure.
 */
export function maskedBody(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => maskedBody(each, key));
  if (!isFields(value) || isSecretName(key)) return masked(value, isSecretName(key));
  return mapped(
    value,
    (inner, name) => KEYED_BY_NAME.has(key) ? maskedPart(inner, name) : maskedBody(inner, name),
  );
}

function maskedPart(part: unknown, name: string): unknown {
  const shown = maskedBody(part);
  const { value } = fields(shown);
  const isShown = value === undefined || !isSecretName(name) || isReference(value);
  return isShown ? shown : { ...fields(shown), value: MASK };
}

/** Whether the value of an input names an output, an input or a parameter. */
export function isReference(value: unknown): boolean {
  return isParameter(asText(value)) || Object.values(bindingOf(value)).some((name) => name !== undefined);
}

/** Masks texts and numbers if they are secret; their structure, booleans and what is absent stay. */
function masked(value: unknown, isSecret: boolean): unknown {
  if (typeof value === "string") return isSecret ? MASK : maskedText(value);
  if (typeof value === "number" || isRawJson(value)) return isSecret ? MASK : value;
  if (Array.isArray(value)) return value.map((each) => masked(each, isSecret));
  return isFields(value)
    ? mapped(value, (inner, name) => masked(inner, isSecret || isNamedSecret(name, inner)))
    : value;
}

function mapped(value: Fields, change: (inner: unknown, name: string) => unknown): Fields {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner, name)]));
}

/** A value as text; anything but a string as JSON. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

/** A text in quotes or in three of them, with escapes and Python's prefix; without its end, the rest of all text. */
const QUOTED =
  /[A-Za-z]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|\\+"[^"]*"?|"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?)/y;
/** The part of a word before the next separator, quote or opening bracket. */
const WORD = /[^\s,;'"}([{]*/y;
/** Text without brackets, a quoted text on one line, or any other character. */
const PIECE = /[^"'()[\]{}\\]+|\\[^]|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|[^]/y;
/** Spaces, and the sign of a block of text in YAML. */
const BLOCK_SIGN = /[ \t]*(?:[|>][+-]?\d?[ \t]*)?/y;
const COMMENT = /#[^\n]{0,200}/y;
const BREAK = /\r?\n/y;
const LINE = /[^\n]*\n?/y;
/** The default value after a type, such as that of a parameter in Python. */
const DEFAULT = /(?:[ \t]*\|[ \t]*[\w.]+)*[ \t]*=[ \t]*/y;

const SPACE = /\s*/y;
/** The rest of a line of YAML up to a comment. */
const PLAIN = /\S+(?:[ \t]+[^#\s]\S*)*/y;

/**
 * Where the value of an assignment such as `name: value` begins and ends: a quoted text, a list or mapping with its
 * brackets, a call with its arguments, a word, the rest of a line of YAML, or the lines below a key. Brackets and
 * quotes that are not closed go to the end of the text. Pure.
 *
 * @param name Where the name begins.
 * @param at Where the text after `=` or `:` begins.
 * @returns `undefined` if no value follows.
 */
function assignedValue(
  text: string,
  name: number,
  at: number,
): { readonly from: number; readonly to: number } | undefined {
  const last = endOf(COMMENT, text, endOf(BLOCK_SIGN, text, at));
  const below = endOf(BREAK, text, last);
  const block = below === last ? below : blockEnd(text, below, columnOf(text, name));
  if (block > below) return { from: below, to: block };
  const from = endOf(SPACE, text, at);
  const to = valueEnd(text, from);
  const isNextKey = below > last && text[to - 1] === ":";
  if (to === from || isNextKey) return undefined;
  if (isLineOfYaml(text, name, at, from)) return { from, to: Math.max(to, endOf(PLAIN, text, from)) };
  // An annotated name of Python has its type before its value.
  const value = endOf(DEFAULT, text, to);
  return { from, to: value === to || text[value] === "=" ? to : valueEnd(text, value) };
}

/** Whether a line is a key of YAML with a value without quotes and brackets, which may have spaces. */
function isLineOfYaml(text: string, name: number, at: number, from: number): boolean {
  if (text[at - 1] !== ":" || from === at || "\"'([{".includes(text[from]!)) return false;
  let before = name;
  while (before > 0 && " \t-\"'".includes(text[before - 1]!)) before--;
  return before === 0 || text[before - 1] === "\n";
}

function valueEnd(text: string, at: number): number {
  let end = endOf(QUOTED, text, at);
  if (end > at) {
    // A quote in a text of YAML or CSV is doubled.
    const quote = text[end - 1]!;
    while (text[end] === quote) end = endOf(QUOTED, text, end);
    return end;
  }
  do {
    end = endOf(WORD, text, end);
    if (!"([{".includes(text[end] ?? " ")) return end;
    end = closingEnd(text, end);
  } while (end < text.length);
  return end;
}

/** The end of the bracket that opens at `at`. */
function closingEnd(text: string, at: number): number {
  let depth = 0;
  do {
    const character = text[at]!;
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    at = endOf(PIECE, text, at);
  } while (depth > 0 && at < text.length);
  return at;
}

/** The end of the lines that are further right than `column`, and of the items of a list there. */
function blockEnd(text: string, at: number, column: number): number {
  let end = at;
  while (at < text.length) {
    const next = endOf(LINE, text, at);
    const line = text.slice(at, next);
    const [inside, indent] = [line.trim(), line.length - line.trimStart().length];
    at = next;
    if (inside === "") continue;
    const isBelow = indent > column || indent === column && inside.startsWith("- ");
    if (!isBelow) break;
    end = at;
  }
  return end;
}

function columnOf(text: string, at: number): number {
  return at - text.lastIndexOf("\n", at) - 1;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}
