import { Document, Scalar, stringify, visit } from "yaml";

/** YAML 1.1 output, which readers of YAML 1.1 and of 1.2 parse to the same values. */
const WRITING = { version: "1.1", lineWidth: 110, aliasDuplicateObjects: false } as const;

/** Serializes data as YAML. */
export function yamlText(data: unknown): string {
  return stringify(data, WRITING);
}

/**
 * Serializes data as YAML with a comment after each value.
 *
 * @param data Plain data; numbers may be raw JSON literals such as `1.0`, which keep their spelling.
 * @param comments One comment per value, in order; empty mappings and lists count as values.
 */
export function commentedYamlText(data: unknown, comments: readonly string[] = []): string {
  const document = new Document(data, (_, value) => rawNumber(value) ?? value, WRITING);
  let at = 0;
  const comment = () => comments[at] === undefined ? null : ` ${comments[at++]}`;
  visit(document, {
    Scalar: (key, node) => {
      if (key !== "key") node.comment = comment();
    },
    Collection: (_, node) => {
      if (node.items.length === 0) node.comment = comment();
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Converts a raw JSON literal to a YAML number; `undefined` for any other value. */
function rawNumber(value: unknown): Scalar | bigint | undefined {
  const { isRawJSON } = JSON as unknown as { isRawJSON(value: unknown): value is { rawJSON: string } };
  if (!isRawJSON(value)) return undefined;
  if (/^-?\d+$/.test(value.rawJSON)) return BigInt(value.rawJSON);
  const number = new Scalar(Number(value.rawJSON));
  number.minFractionDigits = 1;
  return number;
}
