import { deepEqual, equal } from "node:assert/strict";
import { makeWorld } from "../cli/world.ts";
import { SIGNED_IN } from "../fakes/seed.ts";

for (const version of ["2019-05-01", "2022-09-01"]) {
  Deno.test(`auth status reads the emulator's metadata ${version}`, async () => {
    const origin = "https://127.0.0.1:8443";
    const url = `${origin}/metadata/endpoints?api-version=${version}`;
    const env = { ...SIGNED_IN, ARM_CLOUD_METADATA_URL: url };
    const { ctx, azure, kedroAzureml } = makeWorld({ env, emulator: { origin } });
    equal(await kedroAzureml("auth status --json"), 0, ctx.stderr());
    const { cloud, audiences } = JSON.parse(ctx.stdout());
    equal(cloud.name, "AzureMLEmulator");
    deepEqual(audiences.map(({ ok }: { readonly ok: boolean }) => ok), [true, true, true]);
    deepEqual(new Set(azure.requests.map(({ url }) => new URL(url).origin)), new Set([origin]));
  });
}
