import { deepEqual } from "node:assert/strict";
import { visit } from "../../src/cli/parse/command.ts";
import { typedFor } from "../../src/cli/program.ts";
import { fakeContext } from "../fakes/context.ts";
import { wholeProgram } from "./parsed.ts";

/** The options of a command line, as its command gets them. */
async function typedIn(line: string) {
  const ctx = fakeContext();
  let found: Readonly<Record<string, unknown>> = {};
  const root = await wholeProgram(ctx);
  visit(root, (command) => {
    if (command !== root) command.action(() => void (found = typedFor(ctx, command)));
  });
  await root.parseAsync(line.split(" "), { from: "user" });
  return found;
}

Deno.test("typedFor() passes --python to the project reader for validate, but not for rehearse", async () => {
  const pythons = async (line: string) => {
    const { python, stepPython, kedroPython } = await typedIn(line);
    return [python ?? stepPython, kedroPython];
  };
  deepEqual(await pythons("validate --python /venv/bin/python"), [
    "/venv/bin/python",
    "/venv/bin/python",
  ]);
  deepEqual(await pythons("rehearse --python /venv/bin/python"), ["/venv/bin/python", undefined]);
});
