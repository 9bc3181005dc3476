import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Compares a text with the one in `__snapshots__/` beside the test file, which `--update-snapshots` writes.
 *
 * @param from URL of the test file, which may differ from the main module.
 */
export async function assertTranscript(t: Deno.TestContext, text: string, from: string): Promise<void> {
  const path = fileURLToPath(new URL(`__snapshots__/${basename(from)}.snap`, from));
  await t.assertSnapshot(text.trimEnd(), { serializer: (transcript: string) => transcript, path });
}
