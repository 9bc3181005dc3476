import { equal, ok } from "node:assert/strict";
import { messageList, snapshotTexts } from "../../../scripts/docs/messages.ts";

const LIST = new URL("../../cli/messages.txt", import.meta.url);

Deno.test("tests/cli/messages.txt lists every message of the transcripts", async () => {
  equal(
    messageList(await snapshotTexts()),
    await Deno.readTextFile(LIST),
    "run `deno task docs`",
  );
});

Deno.test("messageList() lists each message once by kind", () => {
  const list = messageList(["x\nerror: b \\`c\\`\nhint: d\n", "error: b \\`c\\`\n  ✓ done\n"]);
  ok(list.startsWith("# Errors (1)\n\nerror: b `c`\n\n# Warnings (0)"), list);
  ok(list.includes("# Hints (1)\n\nhint: d\n") && list.includes("# Success (1)\n\n✓ done\n"), list);
});
