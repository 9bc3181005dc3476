import { pathOf, visit } from "../../../src/cli/parse/command.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";
import { wholeProgram } from "../parsed.ts";

const paths: string[] = [];
visit(await wholeProgram(), (command) => void paths.push(pathOf(command)));

for (const path of paths) {
  Deno.test(`help of ${path || "the program"} matches its transcript`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld(), [`${path} --help`.trim()]), import.meta.url);
  });
}
