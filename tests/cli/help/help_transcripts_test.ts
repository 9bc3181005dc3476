import { pathOf, visit } from "../../../src/cli/parse/command.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { fakeContext } from "../../fakes/context.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";

const paths: string[] = [];
visit(createProgram(fakeContext(), async () => {}), (command) => void paths.push(pathOf(command)));

for (const path of paths) {
  Deno.test(`help of ${path || "the program"} matches its transcript`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld(), [`${path} --help`.trim()]), import.meta.url);
  });
}
