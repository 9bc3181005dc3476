import { rejects } from "node:assert/strict";
import { MOST_CONFIG_BYTES, requireSmall } from "../../src/core/files.ts";

const fsWith = (sizeBytes?: number) => ({
  fs: {
    stat: async () =>
      sizeBytes === undefined ? undefined : { kind: "file" as const, sizeBytes, modifiedAt: undefined },
  },
});

Deno.test("requireSmall() rejects a file above the limit, by default 2 MiB", async () => {
  await requireSmall(fsWith(MOST_CONFIG_BYTES), "/p/a.yml", "a.yml");
  await requireSmall(fsWith(), "/p/a.yml", "a.yml", 0);
  await rejects(requireSmall(fsWith(2 * 1024 * 1024 + 1), "/p/a.yml", "a.yml"), {
    code: "file.too_large",
    message: '"a.yml" has 2.0 MiB; at most 2.0 MiB are read',
    place: { file: "a.yml" },
  });
  await rejects(requireSmall(fsWith(2 ** 40), "/p/a.yml", "a.yml", 2 ** 30), {
    message: '"a.yml" has 1.0 TiB; at most 1.0 GiB are read',
  });
  await rejects(requireSmall(fsWith(5_500_000), "/p/a.yml", "a.yml", 1_600_000), {
    message: '"a.yml" has 5.2 MiB; at most 1.5 MiB are read',
  });
});
