import { equal } from "node:assert/strict";
import { makeWorld } from "../world.ts";

Deno.test("inspect shows the container of a URL, but not its password", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const catalog = `${ctx.cwd}/conf/base/catalog.yml`;
  const addresses = {
    lake: "abfss://container@account.dfs.core.windows.net/x.csv",
    blobs: "wasbs://container@account.blob.core.windows.net/x.csv",
    secret: "abfss://user:password@account.dfs.core.windows.net/x.csv",
    web: "https://user:password@example.com/x.csv",
  };
  const entries = Object.entries(addresses).map(([name, filepath]) =>
    `${name}:\n  type: pandas.CSVDataset\n  filepath: ${filepath}\n`
  );
  const before = new TextDecoder().decode(ctx.files.get(catalog)!);
  ctx.files.set(catalog, new TextEncoder().encode(`${before}\n${entries.join("")}`));
  equal(await kedroAzureml("inspect --json"), 0, ctx.stderr());
  const shown = JSON.parse(ctx.stdout()).catalog;
  equal(shown.lake.filepath, addresses.lake);
  equal(shown.blobs.filepath, addresses.blobs);
  equal(shown.secret.filepath, "abfss://<redacted>@account.dfs.core.windows.net/x.csv");
  equal(shown.web.filepath, "https://<redacted>@example.com/x.csv");
});
