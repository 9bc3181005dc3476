/** Makes text from outside fit to be shown: no control characters, and nothing that a CI service takes for a command. */
export function harmless(value: string): string {
  // deno-lint-ignore no-control-regex -- these are what must not pass
  return noCommands(value.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "\ufffd"));
}

/** Text with nothing that Azure Pipelines takes for a command, which it looks for anywhere in a line; colours pass. */
export function noCommands(text: string): string {
  return text.replace(/##(?=vso\[|\[)/g, "# #");
}

/** The name of a file as a part of one line: names may hold line breaks, after which a CI service looks for commands. */
export function shownName(name: string): string {
  return harmless(name).replace(/[\t\n]/g, "\ufffd");
}
