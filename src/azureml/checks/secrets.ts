import pLimit from "p-limit";
import { once } from "../../core/async.ts";
import type { FileSystem } from "../../core/context.ts";
import { hasCredentials, maskedPair, secretFile, storedSecrets } from "../../core/secrets.ts";
import { DATA_NAME } from "../../core/untrusted.ts";
import type { CodeFile } from "../job/code/file.ts";
import type { Step } from "../job/job_spec.ts";
import { parameterFacts } from "../runs/compare.ts";

export interface SecretFile {
  readonly name: string;
  /** What it looks like, or contains, such as `a private key`. */
  readonly reason: string;
  /** The line of the secret; absent if the name of the file shows what it is. */
  readonly line?: number;
}

/** Sizes up to which files are read: credentials that are known by their name, and all others. */
const [LARGEST_CREDENTIALS_BYTES, LARGEST_READ_BYTES] = [32 * 1024, 16 * 1024 * 1024];
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
  const byName = secretFile(name);
  const isRead = sizeBytes <= LARGEST_READ_BYTES && !DATA_NAME.test(name);
  const text = isRead ? plainText(await fs.readText(path).catch(() => "")) : "";
  if (byName !== undefined && isSecretByName(file, text)) return { name, reason: byName };
  if (text === "" || text.slice(0, 8000).includes("\0")) return undefined;
  const secret = await findSecretIn(text, name);
  if (secret !== undefined) return { name, ...secret };
  const isJson = /\.json$/i.test(name) && sizeBytes <= LARGEST_CREDENTIALS_BYTES;
  return isJson && hasCredentials(text) ? { name, reason: "credentials" } : undefined;
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

interface FoundSecret {
  /** What it is, such as `a GitHub token`. */
  readonly reason: string;
  readonly line: number;
}

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
  const theirs = HINTS.test(text) ? await runRules(text, name) : [];
  const [first] = [...theirs, ...storedSecrets(text)].sort((a, b) => a.index - b.index);
  if (first === undefined) return undefined;
  return { reason: first.reason, line: text.slice(0, first.index).split("\n").length };
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
