/** A dataset's name without the `@format` of transcoding. */
export function withoutTranscoding(name: string): string {
  return name.split("@")[0]!;
}

/** Whether a node's input is a parameter instead of a dataset. */
export function isParameter(name: string): boolean {
  return name === "parameters" || name.startsWith("params:");
}
