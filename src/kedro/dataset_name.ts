/** A dataset's name without the `@format` suffix of transcoding. */
export function withoutTranscoding(name: string): string {
  return name.split("@")[0]!;
}

/** Whether a node input is a parameter rather than a dataset. */
export function isParameter(name: string): boolean {
  return name === "parameters" || name.startsWith("params:");
}
