import { deepEqual } from "node:assert/strict";
import { endsWithCommand } from "../../../src/core/net/cloud_hosts.ts";

Deno.test("endsWithCommand() recognizes addresses of an emulator that only one command uses", () => {
  const urls = [
    "https://127.0.0.1:1/runs/fox?key=a",
    "https://127.0.0.1:12345/runs/fox",
    "https://ml.azure.com/",
  ];
  deepEqual(urls.map(endsWithCommand), [true, false, false]);
});
