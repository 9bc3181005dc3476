import pLimit from "p-limit";
import type { FileSystem } from "../../core/context.ts";
import { textHash } from "../../core/encoding.ts";
import { describesSecret, isSecretName, maskedPair, secretFile } from "../../core/secrets.ts";
import { DATA_NAME } from "../../core/untrusted.ts";
import { VERSION } from "../../core/version.ts";
import type { Store } from "../../kedro/reader/cache_store.ts";
import { type CodeFile, unreadableCode } from "../job/code/file.ts";
import type { Step } from "../job/job_spec.ts";
import { parameterFacts } from "../runs/job_changes.ts";
import { findSecretIn, hasCredentials, maySecretBeIn } from "./secret_forms.ts";

export interface SecretFile {
  readonly name: string;
  /** Where the link of this name leads; absent if it is no link. */
  readonly target?: string;
  /** What it looks like, or contains, such as `a private key`. */
  readonly reason: string;
  /** The line of the secret; absent if the name of the file shows what it is. */
  readonly line?: number;
  /** Set if it was not searched, because too much before it took long. */
  readonly isUnsearched?: true;
}

/** Sizes up to which files are read: credentials that are known by their name, and all others. */
const [LARGEST_CREDENTIALS_BYTES, LARGEST_READ_BYTES] = [32 * 1024, 16 * 1024 * 1024];
/** Characters of all files that are searched with all rules, because a part looks like a secret: about 20 seconds. */
const MOST_SEARCHED = 64 * 1024 * 1024;
/** A literal value in YAML, as opposed to one from `${…}` or the file of a database, which has no password. */
const PLAIN_VALUE =
  /^[ \t]*(?:- )?[^\s#:][^#:\n\r\u2028\u2029]*:[ \t]+(?!["']?(?:\$\{|(?:sqlite|duckdb):\/\/\/)|[#&*|>{[]|["']{2}[ \t]*$)\S/m;
/** A file that is encrypted to be kept in git: for Kubernetes, by Ansible, by SOPS. */
const ENCRYPTED = /^(?:kind: SealedSecret$|\$ANSIBLE_VAULT;|sops:$)/m;

/** A name to which Terraform's HCL or JSON assigns a text, on a line. */
const ASSIGNED = /^[ \t]*"?([\w-]+)"?[ \t]*[=:][ \t]*"[^"\n]/gm;
const INSTALLED = /(?:^|\/)(?:(?:site|dist)-packages|python3\.\d+)\//;

/** Whether a file is of the tests of an installed package, whose keys and passwords are made up and known to all. */
function isInstalledTest(name: string): boolean {
  const at = name.search(INSTALLED);
  return at >= 0 && /\/tests?\//.test(name.slice(at));
}

/**
 * Finds files that look like secrets by their names, and those that contain a private key, a token or a password.
 * Credentials files whose values all come from variables do not count.
 *
 * @param files The files to upload.
 * @param memory Where it is kept which files had no secret, if they are many.
 * @throws {UserError} `code.unreadable`.
 */
export async function findSecrets(
  fs: Pick<FileSystem, "readText" | "stat">,
  files: readonly CodeFile[],
  memory?: Store,
): Promise<SecretFile[]> {
  const limit = pLimit(READS_AT_ONCE);
  const store = files.length < MANY_FILES ? undefined : memory;
  const key = textHash(`secrets ${VERSION}`, 64);
  const before = new Set((await store?.read(key))?.split("\n"));
  const clean: string[] = [];
  const search = { left: MOST_SEARCHED };
  const findings = await Promise.all(files.map((file) =>
    limit(async () => {
      const state = store && await stateOf(fs, file);
      const finding = state !== undefined && before.has(state) ? undefined : await secretOf(fs, file, search);
      if (state !== undefined && finding === undefined) clean.push(state);
      return finding &&
        { name: file.name, ...(file.target !== undefined && { target: file.target }), ...finding };
    })
  ));
  if (clean.some((state) => !before.has(state))) await store?.write(key, clean.join("\n"));
  return findings.filter((finding) => finding !== undefined);
}

const READS_AT_ONCE = 8;
/** Fewer are read sooner than remembered. */
const MANY_FILES = 500;

/** What changes with the content of a file. */
async function stateOf(fs: Pick<FileSystem, "stat">, { name, path }: CodeFile): Promise<string | undefined> {
  const stat = await fs.stat(path).catch(() => undefined);
  const { sizeBytes, modifiedAt, changedAt, id } = stat ?? {};
  return modifiedAt &&
    textHash(JSON.stringify([name, path, sizeBytes, modifiedAt.getTime(), changedAt?.getTime(), id]), 24);
}

async function secretOf(
  fs: Pick<FileSystem, "readText">,
  file: CodeFile,
  search: { left: number },
): Promise<Omit<SecretFile, "name"> | undefined> {
  const { name, path, target = name, sizeBytes, keepsFolder } = file;
  // A link may be called anything.
  const names = [name, target];
  if (keepsFolder || names.every(isInstalledTest)) return undefined;
  // An image of this kind is a text.
  const isData = names.every((each) => DATA_NAME.test(each) && !/\.svg$/i.test(each));
  const isRead = sizeBytes <= LARGEST_READ_BYTES && !isData;
  const unreadable = (thrown: unknown) => {
    if (thrown instanceof Deno.errors.NotFound) return "";
    throw unreadableCode(name, thrown);
  };
  const text = isRead ? plainText(await fs.readText(path).catch(unreadable)) : "";
  // The code folder may be one of a tool, such as .kube.
  const place = path.split(/[\\/]/).slice(-2).join("/");
  const byName = [...names, place].find((each) => isSecretByName({ name: each, sizeBytes }, text));
  if (byName !== undefined) return { reason: secretFile(byName)! };
  if (maySecretBeIn(text)) {
    search.left -= text.length;
    if (search.left < 0) return { reason: "a secret", isUnsearched: true };
    const secret = await findSecretIn(text, name);
    if (secret !== undefined) return secret;
  }
  const isJson = names.some((each) => /\.json$/i.test(each)) && sizeBytes <= LARGEST_CREDENTIALS_BYTES;
  return isJson && hasCredentials(text) ? { reason: "credentials" } : undefined;
}

/** So many characters that no text has make a file no binary, however short it is. */
const FEW = 8;

/** The text of a file, also in UTF-16, which PowerShell writes by default; empty if it is binary. */
function plainText(text: string): string {
  const start = text.slice(0, 8000);
  if (/^(?:\uFFFD{2}|\0[^\0]\0[^\0]|[^\0]\0[^\0]\0)/.test(start)) return text.replaceAll("\0", "");
  // Texts in other encodings, such as Latin-1 and Cyrillic ones of Windows, have none; what is searched for is ASCII.
  const others = start.match(/\0/g)?.length ?? 0;
  return others > Math.max(FEW, start.length / 50) ? "" : text;
}

/** Files of which a name is enough, and those that may be without a secret, such as a certificate. */
function isSecretByName({ name, sizeBytes }: Pick<CodeFile, "name" | "sizeBytes">, text: string): boolean {
  if (secretFile(name) === undefined) return false;
  if (/\.pem$/i.test(name)) return text.includes("PRIVATE KEY");
  if (/\.tfvars(?:\.json)?$/i.test(name)) {
    return [...text.matchAll(ASSIGNED)].some(([, key]) => isSecretName(key!) && !describesSecret(key!));
  }
  return sizeBytes > LARGEST_CREDENTIALS_BYTES || !/\.ya?ml$/i.test(name) ||
    PLAIN_VALUE.test(text) && !ENCRYPTED.test(text);
}

export function secretVariables({ environmentVariables }: Step): string[] {
  return secretNames(Object.entries(environmentVariables));
}

export function secretParameters({ command }: Step): string[] {
  return secretNames(parameterFacts(command).parameters);
}

/** Values that hide nothing, as text and as JSON. */
const EMPTY = ["", '""', "null", "true", "false", "[]", "{}"];

function secretNames(values: readonly (readonly [string, string])[]): string[] {
  return values.filter(([name, value]) => !EMPTY.includes(value) && maskedPair(name, value)[1] !== value)
    .map(([name]) => name);
}
