import pLimit from "p-limit";
import type { FileSystem } from "../../../../core/context.ts";
import { DATA_NAME } from "../../../../core/path_names.ts";
import type { CodeFile } from "../../../job/code/file.ts";
import { findSecretIn } from "./contents.ts";

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
