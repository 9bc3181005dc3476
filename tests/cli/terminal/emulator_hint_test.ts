import { equal, match } from "node:assert/strict";
import { textHash } from "../../../src/core/encoding.ts";
import { UserError } from "../../../src/core/errors.ts";
import { withEmulatorHint } from "../../../src/cli/command_line.ts";
import { fakeContext } from "../../fakes/context.ts";

const errorOf = (code: string) => new UserError("Not there", { code, hint: "Look elsewhere" });
const WITH_EMULATOR = { KEDRO_AZUREML_EMULATOR: "https://127.0.0.1:4000" };

for (
  const [what, code, env, emulator, hint] of [
    ["a workspace unknown to Azure", "azure.not_found", {}, false, "Look elsewhere"],
    ["a job unknown to the emulator", "job.not_found", WITH_EMULATOR, false, "Look elsewhere"],
    [
      "a workspace unknown to the emulator",
      "azure.not_found",
      WITH_EMULATOR,
      false,
      "If this shell's variables are those of another project's emulator, run `kedro-azureml emulator env` here",
    ],
  ] as const
) {
  Deno.test(`the hint for ${what} is "${hint.slice(0, 30)}…"`, async () => {
    const found = await withEmulatorHint(errorOf(code), fakeContext({ env }), { emulator, project: {} });
    equal(found.hint, hint);
    equal(found.message, "Not there");
  });
}

Deno.test("hints suggest --emulator while the project's emulator runs", async () => {
  const record = {
    origin: "https://127.0.0.1:4711",
    pages: "http://127.0.0.1:4712",
    caFile: "/ca.pem",
    env: { AZURE_CLIENT_SECRET: "hush" },
    project: "/work",
  };
  const path = `/home/user/.local/state/kedro-azureml/emulator/running/${textHash("/work", 16)}/running.json`;
  const ctx = fakeContext({
    env: {},
    files: { "/ca.pem": "ca", [path]: JSON.stringify(record) },
    fetch: () => Promise.resolve(new Response("")),
  });
  const hintOf = async (code: string, emulator = true) =>
    (await withEmulatorHint(errorOf(code), ctx, { emulator, project: {} })).hint!;
  match(await hintOf("azure.not_found"), /^If azureml\.yml has changed since the emulator was started, /);
  equal(await hintOf("job.not_found"), "Look elsewhere");
  equal(
    await hintOf("auth.no_credential", false),
    "Add `--emulator` to use the running emulator of this project; else look elsewhere",
  );
});
