import { rejects } from "node:assert/strict";
import { withWriteErrors } from "../../../src/app/project/output_files.ts";

const NOT_WRITTEN = [
  ["No space left on device (os error 28)", 'Cannot write "a.yaml": the disk is full', /^Free up disk space/],
  [
    "Read-only file system (os error 30)",
    'Cannot write "a.yaml": the file system is read-only',
    /folder writable$/,
  ],
] as const;

for (const [said, message, hint] of NOT_WRITTEN) {
  Deno.test(`withWriteErrors() explains "${said}"`, async () => {
    const ctx = { cwd: "/home/user" };
    await rejects(withWriteErrors(ctx, "/home/user/a.yaml", () => Promise.reject(new Error(said))), {
      message,
      hint,
    });
  });
}
