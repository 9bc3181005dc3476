import assert from "node:assert/strict";
import { ask, tinyEmulator } from "./client.ts";

const OTHER =
  "/subscriptions/s-9/resourceGroups/any/providers/Microsoft.MachineLearningServices/workspaces/new";
const VERSION = { query: "api-version=2023-04-01" };

Deno.test("emulator with acceptAny creates any requested resource", async () => {
  const { emulator } = tinyEmulator({ acceptAny: true });
  for (
    const path of [
      "",
      "/computes/gpu",
      "/environments/env/versions/7",
      "/environments/other/versions",
      "/data/raw/versions/1",
      "/datastores/workspaceblobstore",
    ]
  ) {
    assert.equal((await ask(emulator, "GET", `${OTHER}${path}`, VERSION)).status, 200, path);
  }
});

Deno.test("emulator with acceptAny creates a requested workspace once", async () => {
  const { emulator } = tinyEmulator({ acceptAny: true });
  const paths = [
    OTHER,
    OTHER.replace("s-9", "S-9").replace("/any/", "/ANY/").replace("new", "NEW"),
    OTHER.replace("s-9", "s-8"),
    OTHER.replace("/any/", "/more/"),
    OTHER.replace("new", "other"),
  ];
  for (const path of paths) assert.equal((await ask(emulator, "GET", path, VERSION)).status, 200, path);
  const inSubscription = async (id: string) => {
    const path = `/subscriptions/${id}/providers/Microsoft.MachineLearningServices/workspaces`;
    const { body } = await ask(emulator, "GET", path, VERSION);
    return body.value.map(({ id }: { readonly id: string }) => id);
  };
  assert.deepEqual(await inSubscription("s-9"), [paths[0], paths[3], paths[4]]);
  assert.deepEqual(await inSubscription("s-8"), [paths[2]]);
});
