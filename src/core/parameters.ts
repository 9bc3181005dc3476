/** Whether an input of a node is a parameter, or all of them, rather than a dataset. */
export function isParameter(name: string): boolean {
  return name === "parameters" || name.startsWith("params:");
}
