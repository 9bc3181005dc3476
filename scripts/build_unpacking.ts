export async function buildUnpacking(_: { app: string; output: string; stage: string }): Promise<void> {
  await Promise.reject(new Error("not yet"));
}
