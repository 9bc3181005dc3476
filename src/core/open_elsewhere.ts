/**
 * Whether an error is Windows' sharing violation (32) or lock violation (33): another program has the file open. Deno
 * has no class for them, and their text is in the user's language; unlike the texts of other systems, it ends with a
 * full stop.
 */
export function isOpenElsewhere(thrown: unknown): boolean {
  return thrown instanceof Error && /[.。] \(os error 3[23]\)/.test(thrown.message);
}
