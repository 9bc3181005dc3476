import assert from "node:assert/strict";
import { asPathName, isPathBelow, isPathName } from "../../src/core/path_names.ts";

Deno.test("isPathName() takes names of one file, and nothing that leads elsewhere on any system", () => {
  for (const name of ["a", "train.step-1", "..a", "a..", "Räder", "a b"]) assert.ok(isPathName(name), name);
  const bad = [
    "",
    ".",
    "..",
    "a/b",
    "/",
    "a\\b",
    "C:",
    "a:b",
    "a\nb",
    "a\0",
    "\x7f",
    "nul",
    "COM1.txt",
    "x".repeat(256),
  ];
  for (const name of bad) assert.ok(!isPathName(name), JSON.stringify(name));
});

Deno.test("isPathBelow() looks at each name of a path", () => {
  assert.ok(isPathBelow("outputs/a/b.txt"));
  for (const path of ["/etc/passwd", "a//b", "a/../b", "../a", "a/", "a/C:/b"]) {
    assert.ok(!isPathBelow(path), path);
  }
});

Deno.test("asPathName() gives one name", () => {
  assert.equal(asPathName("../a\\b:c\n"), ".._a_b_c_");
});
