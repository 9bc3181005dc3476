import { deepEqual } from "node:assert/strict";
import { shellOf } from "../../../src/cli/commands/emulator.ts";

Deno.test("emulator env prints lines for PowerShell on Windows", () => {
  const shells = ["/usr/bin/fish", "fish", "/bin/bash", "/opt/catfish", ""];
  const on = (platform: "linux" | "windows") => shells.map((SHELL) => shellOf({ platform, env: { SHELL } }));
  deepEqual(on("linux"), ["fish", "fish", "sh", "sh", "sh"]);
  deepEqual(new Set(on("windows")), new Set(["powershell"]));
  deepEqual(shellOf({ platform: "darwin", env: {} }), "sh");
});
