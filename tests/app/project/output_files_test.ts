import { rejects } from "node:assert/strict";
import { withWriteErrors } from "../../../src/app/project/output_files.ts";

for (
  const [thrown, why, hint] of [
    [
      new Deno.errors.PermissionDenied("no"),
      "permission denied",
      "Choose another file, or make its folder writable",
    ],
    [
      new Error("No space left on device (os error 28)"),
      "the disk is full",
      "Free up disk space, or choose another file",
    ],
    [
      new Deno.errors.NotCapable("no"),
      "it is a device, or in a folder of the system",
      "Choose another file",
    ],
    [new Error("Read-only file system (os error 30)"), "the file system is read-only", "Choose another file"],
    [new Deno.errors.IsADirectory("no"), "it is a folder", "Choose another file"],
  ] as const
) {
  Deno.test(`withWriteErrors() suggests what to do if ${why}`, async () => {
    await rejects(
      withWriteErrors({ cwd: "/project" }, "/project/out.yaml", () => Promise.reject(thrown)),
      { code: "file.not_written", message: `Cannot write "out.yaml": ${why}`, hint },
    );
  });
}
