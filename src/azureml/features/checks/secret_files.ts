import pLimit from "p-limit";
import type { FileSystem } from "../../../core/context.ts";
import type { CodeFile } from "../../job/code/file.ts";

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
  /** What it looks like, such as `a private key`. */
  readonly reason: string;
}

/** Files with a single secret are smaller; larger files are not read. */
const LARGEST_READ_BYTES = 32 * 1024;
const SECRET_VALUE =
  /"(?:client_?secret|private_?key|account_?key|connection_?string|access_?token|refresh_?token)"\s*:\s*"[^"<${]{8,}"/i;

/** A literal value in YAML, as opposed to one from `${…}`. */
const PLAIN_VALUE = /^\s*(?:- )?[^\s#:][^#:]*:[ \t]+(?!["']?\$\{|[#&*|>{[]|["']{2}\s*$)\S/m;

/**
 * Finds files that look like secrets: by their names and, for small JSON, PEM and YAML files, also by their contents.
 * Credentials files whose values all come from variables do not count.
 *
 * @param files The files to upload.
 */
export async function findSecrets(
  fs: Pick<FileSystem, "readText">,
  files: readonly CodeFile[],
): Promise<SecretFile[]> {
  const limit = pLimit(READS_AT_ONCE);
  const reasons = await Promise.all(files.map((file) => limit(() => reasonFor(fs, file))));
  return files.flatMap(({ name }, at) => reasons[at] === undefined ? [] : [{ name, reason: reasons[at] }]);
}

const READS_AT_ONCE = 8;

async function reasonFor(fs: Pick<FileSystem, "readText">, file: CodeFile): Promise<string | undefined> {
  if (file.keepsFolder) return undefined;
  const byName = secretName(file.name);
  const isConf = byName !== undefined && /\.ya?ml$/i.test(file.name);
  const isPem = /\.(?:pem|key)$/i.test(file.name);
  if (!isPem && !isConf && (byName !== undefined || !/\.json$/i.test(file.name))) return byName;
  if (file.sizeBytes > LARGEST_READ_BYTES) return byName;
  const text = await fs.readText(file.path).catch(() => "");
  if (isPem) return /PRIVATE KEY/.test(text) || /\.key$/i.test(file.name) ? byName : undefined;
  if (isConf) return PLAIN_VALUE.test(text) ? byName : undefined;
  return SECRET_VALUE.test(text) ? "credentials" : undefined;
}

/** What kind of secret a file name suggests; `undefined` if none. */
export function secretName(name: string): string | undefined {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return NAMES.find(([pattern]) => pattern.test(last))?.[1] ??
    PLACES.find(([pattern]) => pattern.test(name))?.[1];
}
