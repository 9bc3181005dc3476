import { azuremlKeys } from "../config/schema.ts";
import { ENV_VARS } from "../core/env_vars.ts";
import { EXIT_CODE_DOCS, ExitCode } from "../core/exit_codes.ts";
import { hasWords } from "../core/suggest.ts";
import { CREDENTIALS } from "../credentials/chain_order.ts";
import { explain, EXPLANATIONS } from "../credentials/entra_errors.ts";

export { azuremlJsonSchema } from "../config/schema.ts";

export interface Topic {
  /** Introduction, without line breaks. */
  readonly about: string;
  readonly entries: readonly { readonly term: string; readonly says: string }[];
}

export const TOPICS: Readonly<Record<string, () => Topic>> = {
  "exit-codes": () => ({
    about: "Exit codes, for scripts and CI.",
    entries: Object.entries(EXIT_CODE_DOCS)
      .map(([name, says]) => ({ term: String(ExitCode[name as keyof typeof ExitCode]), says })),
  }),
  variables: () => ({
    about: "Environment variables that kedro-azureml reads.",
    entries: Object.entries(ENV_VARS).map(([term, doc]) => ({ term, says: bare(doc) })),
  }),
  credentials: () => ({
    about: "Credentials, in the order they are tried. Use --credential NAME to try only one.",
    entries: Object.entries(CREDENTIALS).map(([term, { about }]) => ({ term, says: bare(about) })),
  }),
  "azureml.yml": () => keysOf(""),
};

/**
 * The keys of azureml.yml that a dotted path names, or a part of it, with those below; names of entries may be left out.
 * If it names none, the keys that have its words.
 */
export function keysOf(path: string): Topic {
  const named = (text: string) => text.split(".").filter((name) => !name.startsWith("<")).join(".");
  const all = azuremlKeys();
  const below = all.filter(({ key }) => `.${named(key)}.`.includes(`.${named(path)}.`.replace("..", ".")));
  return keysTopic(
    below.length > 0 ? below : all.filter(({ key }) => hasWords(key.split(".").at(-1)!, path)),
  );
}

/** The keys of azureml.yml whose description has these words. */
export function keysAbout(words: string): Topic {
  return keysTopic(azuremlKeys().filter(({ doc }) => hasWords(doc, words)));
}

function keysTopic(keys: ReturnType<typeof azuremlKeys>): Topic {
  return {
    about:
      "Keys of azureml.yml. A top-level key in a Kedro environment replaces the one in base, unless settings.py sets merge_strategy.",
    entries: keys.map(({ key, takes, default: otherwise, doc }) => ({
      term: key,
      says: bare(`${doc} (${takes}; ${otherwise === undefined ? "required" : `default: ${otherwise}`})`),
    })),
  };
}

/** The environment variables that words name, also those that the text of another lists. */
export function variablesOf(words: string): Topic {
  const { about, entries } = TOPICS.variables!();
  const isNamed = ({ term, says }: Topic["entries"][number]) =>
    hasWords(`environment variable ${term}`, words) || says.split(/[^A-Z_]+/).includes(words);
  return { about, entries: entries.filter(isNamed) };
}

/** What an AADSTS number of Entra ID means and what to do, in general words; `undefined` if it is not known. */
export function explanationOf(
  aadsts: string,
): { readonly reason: string; readonly hint: string } | undefined {
  const explanation = EXPLANATIONS[Number(aadsts)];
  if (explanation === undefined) return undefined;
  const nobody = { error: "", code: undefined, description: "", correlationId: undefined };
  const general = (text: typeof explanation.hint) => explain(text, { credential: "" }, nobody);
  return { reason: general(explanation.reason), hint: general(explanation.hint) };
}

/** Removes the backticks, which are meant for the tables of the documentation. */
function bare(text: string): string {
  return text.replaceAll("`", "");
}
