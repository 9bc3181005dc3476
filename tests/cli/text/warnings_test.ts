import { deepEqual } from "node:assert/strict";
import { warningMessages } from "../../../src/cli/text/warnings.ts";

const SHOWN = { code: "a", message: "A", wasShown: true };
const NEW = { code: "b", message: "B" };

Deno.test("warningMessages() returns one line that counts the warnings an earlier command showed", () => {
  const texts = warningMessages([SHOWN, NEW, SHOWN], false).map(({ text }) => text);
  deepEqual(texts, [
    "warning: B\n",
    "warning: 2 warnings were shown before; to see them again, run `kedro-azureml validate`\n",
  ]);
});

Deno.test("warningMessages() repeats warnings with --json even if an earlier command showed them", () => {
  const said = warningMessages([SHOWN, NEW], true).map(({ data }) => JSON.stringify(data));
  deepEqual(said, ['{"warning":{"code":"a","message":"A"}}', '{"warning":{"code":"b","message":"B"}}']);
});
