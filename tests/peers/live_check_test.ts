import { match, ok, strictEqual } from "node:assert/strict";
import { REAL_CLOCK, withServed } from "../system/served.ts";

const WORKSPACE = {
  subscription_id: "abababab-1111-2222-3333-444444444444",
  resource_group: "rg-of-somebody",
  name: "ws-of-somebody",
};

Deno.test("live check passes with an emulator, except for job logs", async () => {
  const seed = { workspaces: [WORKSPACE], secret: "s3cr3t-of-live" };
  let stderr = "";
  // From the first job to the end of `job cancel`, the emulator's time stands still: on a slow machine, the job would
  // end before it is canceled.
  let stillAt: Date | undefined;
  const now = () => {
    const isStill = /--name \S+-job \(exit/.test(stderr) && !/job cancel \S+ \(exit/.test(stderr);
    stillAt = isStill ? stillAt ?? new Date() : undefined;
    return stillAt ?? new Date();
  };
  await withServed({ seed, clock: { ...REAL_CLOCK, now } }, async ({ env, folder }) => {
    const output = `${folder}/report.md`;
    const place = ["--subscription-id", WORKSPACE.subscription_id, "--resource-group", "rg-of-somebody"];
    const script = ["scripts/live/main.ts", ...place, "--workspace-name", "ws-of-somebody"];
    const args = ["run", "--lock=deno.lock", "--frozen", "-A", ...script, "--output", output];
    const options = { args, env: { ...env, HOME: folder }, stdout: "null", stderr: "piped" } as const;
    const check = new Deno.Command(Deno.execPath(), options).spawn();
    for await (const text of check.stderr.pipeThrough(new TextDecoderStream())) stderr += text;
    const { code } = await check.status;
    const report = await Deno.readTextFile(output);
    // The emulator runs no steps, so only Azure prints the number.
    const looked = report.split("\n").filter((line) => line.startsWith("| **look**"));
    strictEqual(looked.length, 1, `${looked.join("\n")}\n${stderr}`);
    match(looked[0]!, /job logs/);
    strictEqual(code, 1);
    match(report, /schedule delete live-check-\w+-recurrence` \| 0 /);
    match(report, /PUT .*<subscription>.*<workspace>\/jobs\/live-check-\w+-job: 201/);
    const ids = [env.AZURE_CLIENT_ID!, env.AZURE_TENANT_ID!, env.AZURE_CLIENT_SECRET!];
    for (const secret of [...Object.values(WORKSPACE), ...ids, folder, "eyJ"]) {
      ok(!report.includes(secret), `the report has ${secret}`);
    }
  });
});
