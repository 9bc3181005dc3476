import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";

for (const project of ["disttrain", "spaceflights"]) {
  Deno.test(`inspect prints the pipelines, catalog and parameters of ${project}`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld({ project }), ["inspect"]), import.meta.url);
  });
}
