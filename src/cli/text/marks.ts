/** The mark of a step or job, by its status. */
export function markOf(status: string): string {
  return { Completed: "✓", Failed: "✗", Canceled: "✗", NotResponding: "✗" }[status] ?? " ";
}
