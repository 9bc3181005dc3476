import type { Context } from "../context.ts";
import { SECRET_ENV_VARS } from "../env_vars.ts";

const SHOWN = "***";

/** Keys whose values are secret in a query, a form or a JSON object. */
const NAMES = "sig|client_secret|client_assertion|assertion|password|refresh_token|access_token|id_token|" +
  "accessToken|refreshToken|idToken|device_code|code_verifier|AccountKey|SharedAccessSignature|sasToken|secret";

/** Patterns of secrets in any context, and their replacements. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(["'](?:${NAMES})["']\\s*:\\s*["'])[^"']+`, "gi"), `$1${SHOWN}`],
  [new RegExp(`((?:^|[?&;\\s"'])(?:${NAMES})=)[^&;\\s"'<>]+`, "gi"), `$1${SHOWN}`],
  [/\b(Bearer|Basic|SharedKey|SharedAccessSignature)\s+[A-Za-z0-9+/=_.~:-]{8,}/gi, `$1 ${SHOWN}`],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, SHOWN],
  // Tokens that their issuers mark: GitHub, GitLab, Hugging Face, and client secrets of Entra ID.
  [/(?<![\w-])(?:gh[pousr]_\w{36}|github_pat_\w{22,250}|glpat-[\w-]{20}|hf_[A-Za-z]{34})(?![\w-])/g, SHOWN],
  [/(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g, SHOWN],
  [/(\/\/)[^/\s:@]*:[^/\s@]+@/g, `$1${SHOWN}@`],
];

/** Names of what models read and write, such as `max_tokens`, `tokenizer` and `pad_token_id`. */
const TOKENS_OF_TEXT =
  /tokeni[sz]|(?:max|min|num|new|n|pad|unk|bos|eos|sep|cls|mask|stop|special)_?tokens?|tokens?_?(?:ids?|count|limit|length|per)(?![a-z])/gi;

/** Whether the name of a variable suggests that its value is a secret. */
export function isSecretName(name: string): boolean {
  return /secret|passw(or)?d|passphrase|token|credential|api[_-]?key|(access|account|private|shared|storage)[_-]?key|connection[_-]?string|(^|_)(sas|pwd)(_|$)/i
    .test(name.replace(TOKENS_OF_TEXT, ""));
}

/**
 * The environment of other programs, such as `az` and a browser: without this program's secrets, and without those that
 * their names show. They need the address of a proxy, with its password, and the paths of files.
 */
export function withoutSecrets(env: Context["env"]): Record<string, string> {
  const isKept = (name: string) => name.endsWith("_PROXY") || name.endsWith("_FILE");
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      const upper = name.toUpperCase();
      const isSecret = !isKept(upper) && (SECRET_ENV_VARS.has(upper) || isSecretName(name));
      return value === undefined || isSecret ? [] : [[name, value]];
    }),
  );
}

/**
 * Removes secrets from text for a log, a message or a file: SAS signatures, tokens, client secrets, account keys, and
 * the user name and password of a URL.
 *
 * @param secrets Values that are secret whatever they look like, such as that of AZURE_CLIENT_SECRET.
 */
export function redact(text: string, secrets: readonly (string | undefined)[] = []): string {
  const known = secrets.filter((secret) => secret !== undefined && secret.length > 3) as string[];
  const spellings = known.flatMap((secret) => [secret, encodeURIComponent(secret), formEncoded(secret)]);
  const bare = spellings.reduce((left, secret) => left.replaceAll(secret, SHOWN), text);
  return SHAPES.reduce((left, [shape, shown]) => left.replace(shape, shown), bare);
}

function formEncoded(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}
