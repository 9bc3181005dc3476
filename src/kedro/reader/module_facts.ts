import { contentHash } from "../../core/encoding.ts";
import { parseJson } from "../../core/json.ts";
import type { AskModules, ModuleFacts } from "../modules.ts";
import type { Store } from "./cache_store.ts";
import {
  flag,
  listOf,
  mapOf,
  oneOf,
  optional,
  orNull,
  record,
  type Shape,
  text,
  wholeNumber,
} from "../shape.ts";

const use = {
  line: wholeNumber,
  column: wholeNumber,
  when: oneOf("always", "called", "optional", "never"),
  inside: optional(text),
};

/** The shape of the reader's answer about modules, which the project's code could change. */
export const moduleFacts: Shape<Readonly<Record<string, ModuleFacts | null>>> = mapOf(orNull(
  record<ModuleFacts>({
    imports: listOf(record({ module: text, names: listOf(text), ...use })),
    functions: mapOf(record({ line: wholeNumber, first: wholeNumber, last: wholeNumber })),
    variables: listOf(record({ variable: text, ...use })),
    classes: mapOf(record({
      bases: listOf(text),
      init: orNull(record({ args: listOf(text), required: listOf(text), takes_any: flag })),
    })),
    names: listOf(text),
    is_open: flag,
  }),
));

/** Facts of more texts are too many to read at each start. */
const MOST_KEPT = 1000;

/**
 * Keeps facts by the SHA-256 of the texts, and asks only for those of other texts.
 *
 * @param keyOf The key of the entry, for the program and the Python that parses.
 */
export function keptFacts(store: Store, keyOf: () => Promise<string>, ask: AskModules): AskModules {
  return async (texts) => {
    const key = await keyOf();
    const hashes = await Promise.all(
      Object.entries(texts).map(async ([name, text]) => [name, await contentHash(text)] as const),
    );
    const kept = await readKept(store, key);
    const news = hashes.filter(([, hash]) => !Object.hasOwn(kept, hash));
    if (news.length === 0) return pick(hashes, kept);
    const answered = await ask(Object.fromEntries(news.map(([name]) => [name, texts[name]!])));
    const facts = {
      ...kept,
      ...Object.fromEntries(news.map(([name, hash]) => [hash, answered[name] ?? null])),
    };
    // Commands ask for different texts: what one of them asked for is kept for the others.
    const current = Object.fromEntries(hashes.map(([, hash]) => [hash, facts[hash] ?? null]));
    await store.write(key, JSON.stringify(Object.keys(facts).length > MOST_KEPT ? current : facts));
    return pick(hashes, facts);
  };
}

async function readKept(store: Store, key: string): ReturnType<AskModules> {
  try {
    return moduleFacts(parseJson(await store.read(key) ?? "{}"), "modules");
  } catch {
    return {};
  }
}

function pick(
  hashes: readonly (readonly [name: string, hash: string])[],
  facts: Readonly<Record<string, ModuleFacts | null>>,
): Readonly<Record<string, ModuleFacts | null>> {
  return Object.fromEntries(hashes.map(([name, hash]) => [name, facts[hash] ?? null]));
}
