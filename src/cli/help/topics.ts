import { AZUREML_KEYS } from "../../config/azureml/key_docs.ts";
import { CREDENTIALS } from "../../credentials/credential.ts";
import { ENV_VARS } from "../../core/env_vars.ts";
import { EXIT_CODE_DOCS, ExitCode } from "../../core/errors.ts";

/** One term and what it means. */
export interface Entry {
  readonly term: string;
  readonly says: string;
}

/** Something that help tells beside the commands. */
export interface Topic {
  /** One line. */
  readonly about: string;
  readonly entries: readonly Entry[];
}

/** What `help` knows beside the commands, by name. */
export const TOPICS: Readonly<Record<string, () => Topic>> = {
  "exit-codes": () => ({ about: "What the process returns, for scripts and CI.", entries: exitCodes() }),
  environment: () => ({ about: "Environment variables that are read.", entries: variables() }),
  credentials: () => ({
    about: "Credentials, in the order in which they are tried; --credential takes one by its name.",
    entries: credentials(),
  }),
  "azureml.yml": () => ({
    about:
      "The keys of azureml.yml. A top-level key of an environment replaces that of base, unless settings.py merges softly.",
    entries: keys(),
  }),
};

function exitCodes(): Entry[] {
  return Object.entries(EXIT_CODE_DOCS)
    .map(([name, says]) => ({ term: String(ExitCode[name as keyof typeof ExitCode]), says }));
}

function variables(): Entry[] {
  return ENV_VARS.map(({ name, doc }) => ({ term: name, says: bare(doc) }));
}

function credentials(): Entry[] {
  return Object.entries(CREDENTIALS).map(([term, { about }]) => ({ term, says: bare(about) }));
}

function keys(): Entry[] {
  return AZUREML_KEYS.map(({ key, takes, default: otherwise, doc }) => ({
    term: key,
    says: bare(`${doc} (${takes}; ${otherwise === undefined ? "needed" : `else ${otherwise}`})`),
  }));
}

/** Without the marks that the documentation's tables have. */
function bare(text: string): string {
  return text.replaceAll("`", "");
}
