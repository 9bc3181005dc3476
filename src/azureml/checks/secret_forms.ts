import { Buffer } from "node:buffer";
import { ENTRA_SECRET, ISSUED, NO_SECRET } from "../../core/secrets.ts";

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
  /\/\/(?:scott:|[^@]*[<{][^@]*@|[^@]*:(?:tiger|pass(?:wo?r?d)?|secret|redacted|pw|x+|\*+|\.+)\d{0,9}@|[^@]*@(?:[\w.-]*\.)?(?:example\.(?:com|org|net)|localhost|host|hostname|127\.\d+\.\d+\.\d+)(?![\w.]))/i;

/** What documentation writes into made-up keys. */
const EXAMPLE = /EXAMPLE|\.{3}/;

/** Whether what looks like a secret is none of an example. */
export function isNoExample(match: string, text: string, index: number): boolean {
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
const HINTS = new RegExp(
  [
    "(?<![\\w-])eyJ[\\w-]{15,4000}\\.eyJ|\\dQ~[\\w~.-]{31}|\\b[Ss]ig=|AccountKey=|SharedAccessKey=|JQQJ9|AZDO|LS0tLS1C|PuTTY-User",
    "\\+A(?:St|Sb|CR|Rm|Eh|Ba|MC)|A(?:CDb|IoT|PIM|zFu|zSe|zCa|ZEG)|A[KS]IA[A-Z2-7]|AIza|pypi-AgE|PRIVATE KEY",
    "[Kk](?:ey|EY)[\"']?\\]?\\s{0,9}[:=]?\\s{0,9}[\"']?[A-Za-z0-9+/]{86}==|_CLIENT_SECRET",
    "nstrumentation_?[Kk]ey|TRUMENTATION_?KEY|\\+\\w{2,20}:\\/\\/[^\\s:@/\"']{1,64}:|; ?(?:PWD|Pwd|[Pp]assword)=|token[\"']?: [\"']?[\\da-z]{128}",
    "@(?:pkgs\\.)?dev\\.azure|@\\w{1,60}\\.(?:pkgs\\.)?visualstudio",
    ISSUED.source,
  ].join("|"),
);

/** Whether a text has a part that is worth {@linkcode storedSecrets}. */
export function mayStoreSecret(text: string): boolean {
  return HINTS.test(text);
}

/** The first secret of each form in the text of a file, except on lines with {@linkcode NO_SECRET}. */
export function storedSecrets(text: string): readonly { readonly reason: string; readonly index: number }[] {
  const isExcepted = exceptions(text);
  return FORMS.flatMap(({ what, stored, isReal = () => true }) => {
    const first = text.matchAll(stored).find(({ 0: match, index }) =>
      isReal(match, text, index) && !isExcepted(index)
    );
    return first === undefined ? [] : [{ reason: what, index: first.index }];
  });
}

/** Returns a function that says whether the line at an index has a comment that says that it has no secret. */
export function exceptions(text: string): (index: number) => boolean {
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
