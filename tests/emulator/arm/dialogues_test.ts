import { ask, type Loose, tinyEmulator } from "../client.ts";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { shape } from "../shape.ts";
import { assertTranscript } from "../../cli/transcript.ts";

type Turn = readonly [
  method: string,
  path: string,
  more?: { readonly body?: unknown; readonly query?: string },
];

/** A request to Resource Manager, below the workspace unless a path begins with a slash. */
const DIALOGUES: Readonly<
  Record<string, { readonly turns: readonly Turn[]; readonly options?: EmulatorOptions }>
> = {
  "missing resources": {
    turns: [
      ["GET", "components/none"],
      ["GET", "components/none/versions/1"],
      ["GET", "components/none/labels/default"],
      ["GET", "environments/none/versions/1"],
      ["GET", "codes/none/versions/1"],
      ["GET", "computes/none"],
      ["GET", "datastores/none"],
      ["GET", "jobs/none"],
      ["GET", "schedules/none"],
      ["GET", "nothing"],
      ["PATCH", "jobs"],
    ],
  },
  "computes": {
    turns: [
      ["GET", "computes"],
      ["PUT", "computes/gpu", {
        body: {
          location: "westus",
          tags: { a: "b" },
          identity: { type: "SystemAssigned" },
          properties: { computeType: "AmlCompute", properties: { vmSize: "Standard_NC6" } },
        },
      }],
      ["GET", "computes/gpu"],
      ["PUT", "computes/gpu", {
        body: { properties: { computeType: "AmlCompute", description: "changed" } },
      }],
      ["PUT", "computes/vm", { body: { properties: { computeType: "ComputeInstance" } } }],
      ["POST", "computes/vm/stop"],
      ["GET", "computes/vm"],
      ["POST", "computes/vm/start"],
      ["DELETE", "computes/vm"],
      ["GET", "computes/vm"],
      ["DELETE", "computes/vm"],
    ],
  },
};

/** An answer without what differs each time or is the same in all. */
function answerText({ status, headers, body }: Awaited<ReturnType<typeof ask>>): string {
  const shown = typeof body === "object" ? shape(JSON.parse(JSON.stringify(body, withoutNoise))) : body;
  const location = headers.get("location") === null ? "" : " with a location";
  const operation = headers.get("azure-asyncoperation") === null ? "" : " with an operation";
  return `${status}${location}${operation} ${shown}`.trimEnd();
}

function withoutNoise(key: string, value: Loose): Loose {
  if (["systemData", "additionalInfo", "principalId"].includes(key) && !/^p-/.test(value)) return undefined;
  return key === "sasToken" ? "?SAS" : value;
}

for (const [name, { turns, options }] of Object.entries(DIALOGUES)) {
  Deno.test(`emulator answers requests for ${name}`, async (t) => {
    const { emulator, advance } = tinyEmulator(options);
    const lines: string[] = [];
    for (const [method, path, { body, query = "" } = {}] of turns) {
      const version = query.includes("api-version")
        ? query.slice(1)
        : `api-version=2024-01-01-preview${query}`;
      const answer = await ask(emulator, method, path, {
        query: version,
        ...(body !== undefined && { body }),
      });
      lines.push(
        `${method} ${path}${query}${body === undefined ? "" : ` ${JSON.stringify(body)}`}\n${
          answerText(answer)
        }\n`,
      );
      advance(1000);
    }
    await assertTranscript(t, lines.join("\n"), import.meta.url);
  });
}
