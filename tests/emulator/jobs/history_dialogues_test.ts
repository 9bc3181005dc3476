import { shape } from "../shape.ts";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { assertTranscript } from "../../cli/transcript.ts";
import { ask, type Loose, prepare, putJob, readRecording, tinyEmulator, WORKSPACE_ID } from "../client.ts";

const REGION = "https://eastus.api.azureml.ms";
const SERVICES = { history: "history/v1.0" };

/** Requests for a job `j1`, and the milliseconds after its submission at which they are sent. */
const DIALOGUES: Readonly<
  Record<
    string,
    { readonly afterMs: number; readonly paths: readonly string[]; readonly options?: EmulatorOptions }
  >
> = {
  "a job that completed": {
    afterMs: 600_000,
    paths: [
      "jobs/j1",
      "jobs",
      "jobs/CLEAN",
      "history runs/j1",
      "history runs/j1/details",
      "history runs/j1/children?$top=1",
      "history runs/j1/children?$top=1&$continuationtoken=1",
      "history runs/CLEAN/details",
      "history runs/CLEAN/artifacts",
      "history POST rundata CLEAN",
      "history POST rundata j1",
      "history POST runs/j1/cancel",
    ],
  },
  "a job whose step failed": {
    afterMs: 600_000,
    paths: [
      "history runs/j1",
      "history runs/CLEAN",
      "history POST rundata CLEAN",
      "history runs/COUNT",
    ],
    options: { outcome: { failingSteps: { clean: "ValueError: there is no column rows" } } },
  },
};

for (const [what, { afterMs, paths, options }] of Object.entries(DIALOGUES)) {
  Deno.test(`emulator responses match their transcript: ${what}`, async (t) => {
    const { emulator, advance } = tinyEmulator(options);
    const recording = await readRecording();
    await prepare(emulator, recording);
    await putJob(emulator, "j1", recording.job);
    advance(afterMs);
    const children = await ask(emulator, "GET", `/${SERVICES.history}${WORKSPACE_ID}/runs/j1/children`, {
      origin: REGION,
    });
    const ids = new Map<string, string>(
      (children.body.value as Loose[]).map(({ runId, displayName }) => [displayName.toUpperCase(), runId]),
    );
    const now = Number(Date.parse("2026-02-03T04:05:06Z")) + afterMs;
    const parts: string[] = [];
    for (const line of paths) {
      const [, service, method = "GET", path, runId] =
        /^(?:(history|environment) )?(?:(POST|DELETE) )?(\S+)(?: (\S+))?$/.exec(line)!;
      const named = path!.replace(/[A-Z]{5}/, (word) => ids.get(word) ?? word)
        .replace(/AGO_(\d+)/, (_, ms) => String(now - Number(ms)));
      const [below, query] = named.split("?");
      const { status, body } = service === undefined
        ? await ask(emulator, method, named)
        : await ask(emulator, method, `/${SERVICES[service as "history"]}${WORKSPACE_ID}/${below}`, {
          origin: REGION,
          ...(query !== undefined && { query }),
          ...(path === "rundata" && { body: runId === undefined ? {} : { runId: ids.get(runId) ?? runId } }),
        });
      parts.push(`> ${line}\n${status} ${typeof body === "string" ? body : shape(body)}\n`);
      for (const url of [body.logUrl, ...Object.values<string>(body.logFiles ?? {})]) {
        if (url === undefined) continue;
        const log = await emulator.fetch(new Request(url));
        parts.push(`${log.headers.get("content-type")}\n${await log.text()}`);
      }
    }
    await assertTranscript(t, withoutSignatures(parts.join("\n")), import.meta.url);
  });
}

/** Signatures are made with a random key. */
function withoutSignatures(text: string): string {
  return text.replaceAll(/sig=[^&"]+/g, "sig=…");
}
