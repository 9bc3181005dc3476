/** Whether a value is one that `init` leaves for somebody to fill in, such as `<workspace>` or `<environment>@latest`. */
export function isPlaceholder(value: unknown): value is string {
  return typeof value === "string" && /^<[^<>]+>(?:@latest)?$/.test(value);
}
