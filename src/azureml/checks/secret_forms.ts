import { Buffer } from "node:buffer";
import { ENTRA_SECRET, ISSUED, NO_SECRET } from "../../core/secrets.ts";
import { extname } from "node:path";
import { once } from "../../core/async.ts";

/** A kind of secret that the text of a file shows by its form. */
interface SecretForm {
  readonly what: string;
  /** Neither an example nor a placeholder. */
  readonly stored: RegExp;
  /** Whether a match is what it looks like. */
  readonly isReal?: (match: string, text: string, index: number) => boolean;
}

/** Whether the payload of a JWT says who issued it, or until when: those of examples do not. */
function isToken(jwt: string): boolean {
  return /"(?:exp|iss)"/.test(Buffer.from(jwt.split(".")[1]!, "base64url").toString());
}

/** Users, passwords and hosts of examples. */
const EXAMPLE_URL =
  /\/\/(?:scott:|[^@]*[<{][^@]*@|[^@]*:(?:tiger|airflow|pass(?:wo?r?d)?|secret|redacted|pw|x+|\*+|\.+)\d{0,9}@|[^@]*@(?:[\w.-]*\.)?(?:example\.(?:com|org|net)|localhost|host|hostname|127\.\d+\.\d+\.\d+)(?![\w.]))/i;

/** What documentation writes into made-up keys. */
const EXAMPLE = /EXAMPLE|\.{3}/;

/** Whether what looks like a secret is none of an example. */
function isNoExample(match: string, text: string, index: number): boolean {
  // A signed URL names the key, and keeps its secret.
  const isInUrl = text.startsWith(SIGNER, index - SIGNER.length);
  return !isInUrl && !EXAMPLE_URL.test(match) && !EXAMPLE.test(match);
}

const SIGNER = "X-Amz-Credential=";

/** Whether a signature is not of a URL that ended before this program was written. */
function isValid(_: string, text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 500), index).split(/[\s"'<>]/).at(-1)!;
  const after = text.slice(index, index + 500).split(/[\s"'<>]/)[0]!;
  return !/\bse=20(?:1\d|2[0-5])-/.test(before + after);
}

/** Forms that are known here; the rules of secretlint find further ones. */
const FORMS: readonly SecretForm[] = [
  {
    what: "an access token (JWT)",
    stored: /(?<![\w-])eyJ[\w-]{15,4000}\.eyJ[\w-]{15,4000}\.[\w-]{40,1400}/g,
    isReal: isToken,
  },
  { what: "a token", stored: ISSUED },
  { what: "a client secret of Azure", stored: ENTRA_SECRET },
  {
    what: "a client secret of Azure",
    stored:
      /(?:AZURE|ARM)_CLIENT_SECRET["']?\]?\s{0,9}[:=]\s{0,9}["']?(?=[\w~.-]{0,43}\d)(?=[\w~.-]{0,43}[A-Za-z])[\w~.-]{24,44}(?![\w~.(-])/g,
  },
  {
    what: "a SAS token of Azure storage",
    stored: /(?<![\w%])sig=(?:[A-Za-z0-9+/]|%2[BF]){43,86}(?:%3D|=)/gi,
    isReal: isValid,
  },
  // Of Logic Apps and of webhooks of Teams.
  { what: "a SAS token of Azure", stored: /(?<=[?&]sv=[\d.]{1,12}&)sig=[\w-]{43}(?![\w=%-])/g },
  { what: "a token of Azure DevOps", stored: /\/\/(?:[^\s/@:]{0,64}:)?[a-z2-7]{52}@/g },
  // As actions/checkout keeps it in .git/config, which a `!` line of an ignore file can include.
  {
    what: "a token of Git",
    stored: /extraheader\s{0,9}=\s{0,9}["']?authorization: {0,9}basic {1,9}[A-Za-z0-9+/]{8,2000}/gi,
    isReal: (match) => /^[ -~]*:[ -~]+$/.test(Buffer.from(match.split(" ").at(-1)!, "base64").toString()),
  },
  { what: "a token of Kubernetes", stored: /(?<=\btoken["']?: ["']?)[\da-z]{128}(?![\da-z])/g },
  {
    what: "an account key of Azure",
    stored: /(?:AccountKey|SharedAccessKey)=(?!Eby8vdM02xNO)[A-Za-z0-9+/]{43,86}={1,2}/g,
  },
  {
    what: "an account key of Azure",
    stored:
      /(?:account|storage|access)[_-]?key["']?\]?\s{0,9}[:=]?\s{0,9}["']?(?!Eby8vdM02xNO)[A-Za-z0-9+/]{86}==/gi,
  },
  // Keys that Microsoft marks, so that they can be found: of AI services and others, of Azure DevOps, Functions, Search
  // and registries, of messages, events, IoT and Redis, and of storage, Cosmos DB, Batch, Azure ML and API Management.
  // The marks come first, so that these are fast.
  {
    what: "a key of Azure",
    stored: /JQQJ9[9DH](?<=(?<![A-Za-z0-9])[A-Za-z0-9]{58})[A-Za-z0-9]{25}/g,
  },
  {
    what: "a key of Azure",
    stored: /AZDO(?<=(?<![A-Za-z0-9])[A-Za-z0-9]{80})[A-Za-z0-9]{4}(?![A-Za-z0-9])/g,
  },
  { what: "a key of Azure", stored: /AzFu(?<=(?<![\w-])[\w-]{48})[\w-]{5}[AQgw]==/g },
  {
    what: "a key of Azure",
    stored: /(?:AzSe|\+ACR)(?<=(?<![\w+/-])[\w+/]{46})[A-D][\w+/]{5}(?![\w+/=-])/g,
  },
  {
    what: "a key of Azure",
    stored: /(?:\+A(?:Sb|Eh|Rm)|AIoT|AzCa|AZEG)(?<=(?<![\w+/-])[\w+/]{37})[A-P][\w+/]{5}=(?!=)/g,
  },
  {
    what: "an account key of Azure",
    stored: /(?:\+A(?:St|Ba|MC)|ACDb|APIM)(?<=(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{80})[A-Za-z0-9+/]{6}==/g,
  },
  {
    what: "a connection string of Application Insights",
    stored:
      /instrumentation_?key["']?\]?\s{0,9}[:=]\s{0,9}["']?(?!0{8})[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:;[A-Z]|(?![;\w-]))/gi,
  },
  {
    what: "an AWS key",
    stored: /(?<![A-Z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Z0-9])/g,
    isReal: isNoExample,
  },
  { what: "a Google Cloud key", stored: /(?<![\w-])AIza[\w-]{35}(?![\w-])/g },
  { what: "a PyPI token", stored: /pypi-AgE[\w-]{50,}/g },
  // On lines of its own, or in a literal of a program, of JSON or of YAML.
  {
    what: "a private key",
    stored:
      /-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY(?: BLOCK)?-----(?:["']? |(?:\\r)?\\n|["']?\r?\n)[\s"'+(]{0,60}(?:[A-Za-z0-9+/=]{40}|Proc-Type:|Version:|Comment:)[^-]{0,4000}/g,
    isReal: isNoExample,
  },
  // In base64, as in a kubeconfig: RSA, none, EC, OPENSSH and ENCRYPTED.
  { what: "a private key", stored: /LS0tLS1CRUdJTi(?:BSU0Eg|BQUklW|BFQyBQ|BPUEVO|BFTkNS)/g },
  { what: "a private key", stored: /^PuTTY-User-Key-File-\d: \S/gm },
  // The rule of secretlint knows no drivers, such as `postgresql+psycopg2`.
  {
    what: "a password of a database",
    stored:
      /(?<!\w)(?:postgres(?:ql)?|mysql|mariadb|mssql|oracle|redshift|snowflake)\+\w{2,20}:\/\/[^\s:@/"']{1,64}:(?=[^\s@/"']{0,63}\d)(?=[^\s@/"']{0,63}[A-Za-z])[^\s@/"'{}<>$]{8,64}@[\w.-]{1,255}/gi,
    isReal: isNoExample,
  },
  {
    what: "a password of a database",
    stored:
      /(?:User ID|UID|User)=[^;"'\s]{1,64};\s?(?:Password|PWD)=(?=[^;"'\s]{0,127}\d)[^;"'\s{}<>$%]{8,128}(?![^;"'\s])/gi,
  },
];

/** Whether JSON has credentials: a literal of a secret key, or those of a registry of Docker. */
export function hasCredentials(json: string): boolean {
  return SECRET_VALUE.test(json) || json.includes('"auths"') && DOCKER_AUTH.test(json);
}

const SECRET_VALUE =
  /"(?:client_?secret|private_?key|account_?key|connection_?string|access_?token|refresh_?token)"\s{0,9}:\s{0,9}"[^"<${]{8,}"/i;
/** Credentials of a registry in a configuration of Docker, whatever its name is. */
const DOCKER_AUTH = /"auth"\s{0,9}:\s{0,9}"[\w+/=]{16,}"/;

/** Part of each text in which a form can be; to look for each of them would take too long. */
const FORM_HINTS = new RegExp(
  [
    "(?<![\\w-])eyJ[\\w-]{15,4000}\\.eyJ|\\dQ~[\\w~.-]{31}|\\b[Ss]ig=|AccountKey=|SharedAccessKey=|JQQJ9|AZDO|LS0tLS1C|PuTTY-User",
    "\\+A(?:St|Sb|CR|Rm|Eh|Ba|MC)|A(?:CDb|IoT|PIM|zFu|zSe|zCa|ZEG)|A[KS]IA[A-Z2-7]|AIza|pypi-AgE|PRIVATE KEY",
    "[Kk](?:ey|EY)[\"']?\\]?\\s{0,9}[:=]?\\s{0,9}[\"']?[A-Za-z0-9+/]{86}==|_CLIENT_SECRET",
    "nstrumentation_?[Kk]ey|TRUMENTATION_?KEY|\\+\\w{2,20}:\\/\\/[^\\s:@/\"']{1,64}:|; ?(?:PWD|Pwd|[Pp]assword)=|token[\"']?: [\"']?[\\da-z]{128}",
    "[Ee]xtra[Hh]eader",
    "@(?:pkgs\\.)?dev\\.azure|@\\w{1,60}\\.(?:pkgs\\.)?visualstudio",
    ISSUED.source,
  ].join("|"),
);

/** The first secret of each form in the text of a file, except on lines with {@linkcode NO_SECRET}. */
function storedSecrets(text: string): readonly { readonly reason: string; readonly index: number }[] {
  const isExcepted = exceptions(text);
  return FORMS.flatMap(({ what, stored, isReal = () => true }) => {
    const first = text.matchAll(stored).find(({ 0: match, index }) =>
      isReal(match, text, index) && !isExcepted(index)
    );
    return first === undefined ? [] : [{ reason: what, index: first.index }];
  });
}

/** Returns a function that says whether the line at an index has a comment that says that it has no secret. */
function exceptions(text: string): (index: number) => boolean {
  // The last line that was looked at: it may be long, and may have many matches.
  let [from, to, isExcepted] = [0, -1, false];
  return (index) => {
    if (index >= from && index <= to) return isExcepted;
    from = text.lastIndexOf("\n", index - 1) + 1;
    to = text.indexOf("\n", index);
    if (to < 0) to = text.length;
    return isExcepted = NO_SECRET.test(text.slice(from, to));
  };
}

/** Part of each text in which a rule of secretlint can find something; the rules take too long to run on every file. */
const RULE_HINTS = new RegExp(
  [
    "A(?:3T[A-Z0-9]|KIA|GPA|IDA|ROA|IPA|NPA|NVA|SIA)[A-Z0-9]{16}",
    "(?:ACCESS|access|Access)_?(?:KEY|key|Key)[\"']?\\s{0,9}(?::|=>|=)\\s{0,9}[\"']?[A-Za-z0-9/+=]{40}",
    "PRIVATE KEY|_authToken=|x-oauth-basic@",
    "://[^\\s/:@]{1,256}:[^\\s/@]{1,256}@",
    "(?:npm|gsk|hf|lin_api|ntn|shpp?[act]{1,2}|shpss|gh[pousr]|github_pat|vc[piark]|cf(?:k|ut|at))_[A-Za-z0-9]{20}",
    "ops_ey|gl(?:c|sa)_[A-Za-z0-9+/]{32}|(?:figd|dckr_pat)_[\\w-]{27}|[rs]k_(?:live|test)_[A-Za-z0-9]{24}|ghs_\\d",
    "xox[abopr]-|xapp-|hooks\\.slack|sk-ant-api0|T3BlbkFJ|SG\\.\\w+\\.|glpat-|hv[sbr]\\.[\\w-]{90}|dapi[A-Fa-f0-9]{8}|tskey-",
  ].join("|"),
);

/** Whether a text has a part that is worth {@linkcode findSecretIn}. */
export function maySecretBeIn(text: string): boolean {
  return RULE_HINTS.test(text) || FORM_HINTS.test(text);
}

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
export async function findSecretIn(text: string, name: string) {
  const theirs = RULE_HINTS.test(text) ? await runRules(text, name) : [];
  const [first] = [...theirs, ...storedSecrets(text)].sort((a, b) => a.index - b.index);
  if (first === undefined) return undefined;
  return { reason: first.reason, line: text.slice(0, first.index).split("\n").length };
}

const loadRules = once(async () => (await import("@secretlint/secretlint-rule-preset-recommend")).rules);

/** The first secret that each rule of secretlint finds; @secretlint/core would take a time quadratic in their number. */
async function runRules(content: string, filePath: string) {
  const isExcepted = exceptions(content);
  const source = { content, filePath, ext: extname(filePath) };
  const found: { reason: string; index: number }[] = [];
  for (const { meta, create } of await loadRules()) {
    // Looks for comments only.
    if (meta.id.endsWith("filter-comments")) continue;
    const service = meta.id.replace(/^@secretlint\/secretlint-rule-/, "");
    const reason = SERVICES[service] ?? `a token of ${service[0]!.toUpperCase()}${service.slice(1)}`;
    const { file } = create({
      sharedOptions: {},
      createTranslator: () => () => ({}),
      ignore() {},
      report({ range: [from, to] }: { readonly range: readonly [number, number] }) {
        if (isExcepted(from) || !isNoExample(content.slice(from, to), content, from)) return;
        found.push({ reason, index: from });
        throw FOUND;
      },
    }, {});
    try {
      await file?.(source);
    } catch (thrown) {
      // The second if a text is too much for a rule's expression.
      if (thrown !== FOUND && !(thrown instanceof RangeError)) throw thrown;
    }
  }
  return found;
}

/** Ends a rule. */
const FOUND = new Error("found");
