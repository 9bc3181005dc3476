import assert from "node:assert/strict";
import {
  DATA_NAME,
  isForeignShare,
  isPathBelow,
  isPathName,
  windowsNameProblem,
} from "../../src/core/untrusted.ts";

Deno.test("isPathName() rejects separators and device names", () => {
  for (const name of ["a", "train.step-1", "..a", "a..", "Räder", "a b", "x".repeat(255)]) {
    assert.ok(isPathName(name), name);
  }
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
    "con .txt",
    "LPT¹",
    "CONIN$",
    "CONOUT$",
    "lpt9.txt",
    "AUX",
    "prn",
    "x".repeat(256),
  ];
  for (const name of bad) assert.ok(!isPathName(name), JSON.stringify(name));
});

Deno.test("isPathBelow() rejects paths that leave a folder", () => {
  assert.ok(isPathBelow("outputs/a/b.txt"));
  for (const path of ["/etc/passwd", "a//b", "a/../b", "../a", "a/", "a/C:/b"]) {
    assert.ok(!isPathBelow(path), path);
  }
});

Deno.test("windowsNameProblem() reports names that Windows forbids", () => {
  const good = [
    "C:\\Users\\Jörg Müller\\a.yaml",
    "\\\\server\\share\\a.yaml",
    "\\\\?\\C:\\a\\..\\b",
    "\\\\?\\UNC\\server\\share\\.gitkeep",
    "C:/a/console/nulls.txt",
  ];
  for (const path of good) assert.equal(windowsNameProblem(path), undefined, path);
  const bad: Record<string, string> = {
    "C:\\a\\nul.txt": '"nul.txt" is the name of a device on Windows',
    "C:\\AUX\\b.yaml": '"AUX" is the name of a device on Windows',
    "C:\\a\\b.": 'Windows removes the dot at the end of "b."',
    "C:\\a \\b": 'Windows removes the space at the end of "a "',
    "C:\\a\\pipeline:v1.yaml": 'Windows does not allow ":" in names',
    "C:\\a\\b\n": 'Windows does not allow "\\n" in names',
  };
  for (const [path, problem] of Object.entries(bad)) assert.equal(windowsNameProblem(path), problem);
});

Deno.test("DATA_NAME matches data files in any case", () => {
  const kinds =
    "png jpg jpeg gif ico webp svg pdf zip gz tgz bz2 xz 7z whl parquet feather avro orc h5 hdf5 npy npz " +
    "pkl pickle joblib pt pth onnx bin so dll exe xls xlsx woff woff2 ttf mp3 mp4 wav";
  assert.deepEqual(kinds.split(" ").filter((kind) => !DATA_NAME.test(`data/a.${kind.toUpperCase()}`)), []);
  assert.deepEqual(
    ["a.csv", "a.py", "a.yml", "apng", "a.png.txt"].filter((name) => DATA_NAME.test(name)),
    [],
  );
});

Deno.test("isForeignShare() recognizes shares of other computers", () => {
  const known = ["\\\\home\\me\\project", "--allow-outside=//Data/rides", "\\\\?\\UNC\\nas\\x\\"];
  for (const path of ["\\\\evil\\x", "//evil/x", "\\\\?\\UNC\\evil\\x", "//10.0.0.9/x", "//evil"]) {
    assert.equal(isForeignShare(path, known), true, path);
  }
  for (
    const path of ["\\\\HOME\\x", "//data/x", "\\\\nas\\y", "C:\\x", "\\\\?\\C:\\x", "\\\\.\\pipe\\x", "/x"]
  ) {
    assert.equal(isForeignShare(path, known), false, path);
  }
});
