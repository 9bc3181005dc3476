import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Compares a text with the one in `__snapshots__/` beside the test file, which `--update-snapshots` writes.
 *
 * @param from Address of the test file, which need not be the module that is run.
 */
export async function assertTranscript(t: Deno.TestContext, text: string, from: string): Promise<void> {
  const path = fileURLToPath(new URL(`__snapshots__/${basename(from)}.snap`, from));
  await t.assertSnapshot(text, { serializer: (one: string) => one, path });
}
