import { parse, TomlError } from "smol-toml";
import { UserError } from "../core/errors.ts";

/** A table of a TOML file. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** Parses TOML. @param file Named in errors. @throws {UserError} `project.toml_syntax`, with the place. */
export function parseToml(text: string, file: string): TomlTable {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const reason = thrown.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    throw new UserError(`Cannot read ${file}: ${reason}`, {
      code: "project.toml_syntax",
      place: { file, line: thrown.line, column: thrown.column },
      hint: `Correct line ${thrown.line} of ${file}`,
      cause: thrown,
    });
  }
}
