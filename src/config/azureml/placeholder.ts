/** Whether a value is a placeholder written by `init`, such as `<workspace>` or `<environment>@latest`. */
export function isPlaceholder(value: unknown): value is string {
  return typeof value === "string" && /^<[^<>]+>(?:@latest)?$/.test(value);
}
