import { deepEqual } from "node:assert/strict";
import { warningMessages } from "../../../src/cli/text/error.ts";

Deno.test("warningMessages() counts warnings with the same cause between the message and its hint", () => {
  const like = (name: string, more: object = {}) => ({
    ...{ code: "c", message: `Dataset "${name}" is local`, place: { file: "a.yml" } },
    ...more,
  });
  const names = Array.from({ length: 9 }, (_, at) => `d${at}`);
  const texts = (more: object) =>
    warningMessages(names.map((name) => like(name, more)), false).map(({ text }) => text);
  const shown = 'warning: Dataset "d0" is local (a.yml)\n' +
    '  and 8 more like it: "d1", "d2", "d3", "d4", "d5" and 3 others; `--json` lists them all\n';
  deepEqual(texts({}), [shown]);
  deepEqual(texts({ hint: "Move it" }), [`${shown}hint: Move it\n`]);
});
