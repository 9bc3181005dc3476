import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Check, type Place, program, succeeded, withEmulator } from "./checks.ts";
import { outputOf, runProgram } from "../shared/run_program.ts";
import { trialRuntime } from "../shared/trial_runtime.ts";

/** What the machine does around the program on Windows; run under Wine only, whose registry and shares can be set. */
export const WINE: Readonly<Record<string, Check>> = {
  "a project on a network share": async (place) => {
    const shares = join(place.env.WINEPREFIX!, "dosdevices/unc/server");
    await Deno.mkdir(shares, { recursive: true });
    await Deno.remove(join(shares, "share")).catch(() => {});
    await Deno.symlink(join(place.outside, ".."), join(shares, "share"));
    const shared = `\\\\server\\share\\${place.project.split("\\").at(-1)}`;
    const file = `${shared}\\shared.yaml`;
    succeeded(await program(place, ["-C", shared, "compile", "-j", "main", "-o", file]));
    match(await Deno.readTextFile(join(place.outside, "shared.yaml")), /^type: pipeline$/m);
    await Deno.remove(join(place.outside, "shared.yaml"));
    const verbatim = shared.replace("\\\\", "\\\\?\\UNC\\");
    const { files } = JSON.parse(succeeded(await program(place, ["-C", verbatim, "files", "--json"])));
    ok(files.some(({ name }: { name: string }) => name === "src/bikes/pipelines/training.py"));
  },
  "started by cmd, for a user with a blank and no ASCII in the name": async (place) => {
    // cmd reads its script in a code page of its own, so only ASCII keeps its meaning there.
    const folder = await Deno.makeTempDir();
    const seen = `Z:${folder.replaceAll("/", "\\")}`;
    const lines = [
      "@echo off",
      `set "APPDATA=${seen}\\J ü\\Roaming"`,
      `set "LOCALAPPDATA=${seen}\\J ü\\Local"`,
      "set USERPROFILE=",
      `"Z:${place.command.at(-1)!.replaceAll("/", "\\")}" %*`,
    ];
    await Deno.writeTextFile(join(folder, "start.bat"), `${lines.join("\r\n")}\r\n`);
    const names = () => Array.from(Deno.readDirSync(place.outside), ({ name }) => name).sort();
    const before = names();
    const start = ["cmd", "/c", `${seen}\\start.bat`, "inspect", "--json"];
    const env = { ...place.env };
    match(
      succeeded(await runProgram("wine", start, { cwd: place.outside, env, clearEnv: true })),
      /preparation/,
    );
    deepStrictEqual(names(), before);
    const [made] = [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("J "));
    ok((await Deno.stat(join(folder, made!.name, "Local/kedro-azureml/snapshots"))).isDirectory);
    await Deno.remove(folder, { recursive: true });
  },
  "an authority in the certificate store of Windows": (place) =>
    withEmulator(place, async ({ SSL_CERT_FILE: _, REQUESTS_CA_BUNDLE: __, ...env }) => {
      const validate = ["-C", place.project, "validate", "--online", "-j", "main"];
      const unknown = await program(place, validate, env);
      match(
        `${unknown.stdout}${unknown.stderr}`,
        /a certificate that this machine does not trust[^]*--ca-file/,
      );
      // The emulator's own authority stands before those of the machine.
      const [pem] = /-----BEGIN[^]*?-----END[A-Z ]+-----/.exec(
        await Deno.readTextFile(join(place.outside, "ca.pem")),
      )!;
      await trust(place, pem);
      succeeded(await program(place, validate, env));
    }),
  "Ctrl+C while a job runs": (place) =>
    withEmulator(place, async (env) => {
      const line = [...place.command, "-C", place.project, "submit", "main", "--name", "ctrl-c", "--wait"];
      const { code, text } = await interrupted(line, { ...place.env, ...env }, /clean_rides/);
      match(text, /Interrupted \(Ctrl\+C\); job "ctrl-c" keeps running/);
      strictEqual(code, 130, text);
    }),
  "Ctrl+C while the emulator runs": async (place) => {
    const file = `${place.project}\\ca.pem`;
    const line = [...place.command, "-C", place.project, "emulator", "--ca-file", file];
    const { code, text } = await interrupted(line, place.env, /until you press Ctrl\+C/);
    strictEqual(code, 0, text);
    ok(await Deno.stat(join(place.outside, "ca.pem")).then(() => false, () => true));
  },
  "files that another program has open": (place) =>
    whileHeld(place, ["src/held.py", "held.yaml"], async () => {
      const at = ["-C", place.project];
      match(succeeded(await program(place, [...at, "inspect", "--no-cache"])), /preparation/);
      const read = await program(place, [...at, "pack", "-j", "main", "-o", `${place.project}\\held.kap`]);
      strictEqual(read.code, 3, read.stderr);
      match(read.stderr, /Cannot read code file "[^"]*held[^"]*": another program has it open/);
      const written = await program(place, [
        ...at,
        "compile",
        "-j",
        "main",
        "--force",
        "-o",
        `${place.project}\\held.yaml`,
      ]);
      strictEqual(written.code, 3, written.stderr);
      match(written.stderr, /Cannot replace "[^"]*held\.yaml": another program has it open/);
      const left = [...Deno.readDirSync(place.outside)].filter(({ name }) => name.endsWith(".tmp"));
      strictEqual(left.length, 0);
    }),
  "code with line ends of Windows has the bytes and the hash that it has here": async (place) => {
    const files = [".amlignore", "src/bikes/pipeline_registry.py"].map((name) => join(place.outside, name));
    const before = await Promise.all(files.map((file) => Deno.readTextFile(file)));
    await Promise.all(
      files.map((file, at) => Deno.writeTextFile(file, before[at]!.replaceAll("\n", "\r\n"))),
    );
    const pack = ["pack", "-j", "main", "--json", "-o"];
    const there = succeeded(
      await program(place, ["-C", place.project, ...pack, `${place.project}\\..\\there.kap`]),
    );
    const kap = join(place.outside, "../here.kap");
    const here = await outputOf(Deno.execPath(), ["run", "-A", "main.ts", "-C", place.outside, ...pack, kap]);
    await Promise.all(files.map((file, at) => Deno.writeTextFile(file, before[at]!)));
    for (const name of ["here.kap", "there.kap"]) await Deno.remove(join(place.outside, "..", name));
    strictEqual(JSON.parse(there).sha256, JSON.parse(here).sha256);
  },
};

/** Puts a certificate into the user's store of trusted authorities, as the registry holds it. */
async function trust(place: Place, pem: string): Promise<void> {
  const der = Uint8Array.fromBase64(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ""));
  const blob = new Uint8Array(12 + der.length);
  // A property with the number 32 is the certificate itself.
  new Uint32Array(blob.buffer, 0, 3).set([32, 1, der.length]);
  blob.set(der, 12);
  const name = new Uint8Array(await crypto.subtle.digest("SHA-1", der)).toHex().toUpperCase();
  const key = `HKEY_CURRENT_USER\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\${name}`;
  const hex = Array.from(blob, (byte) => byte.toString(16).padStart(2, "0")).join(",");
  const file = join(place.outside, "../ca.reg");
  await Deno.writeTextFile(file, `REGEDIT4\n\n[${key}]\n"Blob"=hex:${hex}\n`);
  const ended = await runProgram("wine", ["regedit", "/S", `Z:${file.replaceAll("/", "\\")}`], {
    env: { ...place.env },
    clearEnv: true,
  });
  await Deno.remove(file);
  strictEqual(ended.code, 0, ended.stderr);
}

/** Runs a command in a terminal, and presses Ctrl+C when it has printed `seen`. */
async function interrupted(
  line: readonly string[],
  env: Readonly<Record<string, string>>,
  seen: RegExp,
): Promise<{ readonly code: number; readonly text: string }> {
  const quoted = line.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--flush", "--command", `exec ${quoted}`, "/dev/null"],
    env: { ...env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const keyboard = child.stdin.getWriter();
  let [text, isPressed] = ["", false];
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (isPressed || !seen.test(text)) continue;
    isPressed = true;
    await keyboard.write(new Uint8Array([3]));
  }
  await keyboard.close().catch(() => {});
  // Without escape sequences and line breaks, which depend on the terminal's width.
  // deno-lint-ignore no-control-regex -- that is what an escape sequence begins with
  const plain = text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replaceAll(/\s+/g, " ");
  return { code: (await child.status).code, text: plain };
}

/** A program that opens each file that it is given so that no other can open it, until its input ends. */
const HOLDER = `
const { symbols } = Deno.dlopen("kernel32.dll", {
  CreateFileW: { parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"], result: "pointer" },
});
for (const path of Deno.args) {
  const name = Uint16Array.from([...path + "\\0"], (character) => character.charCodeAt(0));
  symbols.CreateFileW(new Uint8Array(name.buffer), 0x80000000, 0, null, 3, 0, null);
}
console.log("held");
for await (const _ of Deno.stdin.readable);
`;

async function whileHeld(place: Place, names: readonly string[], use: () => Promise<void>): Promise<void> {
  const { deno, denort } = await trialRuntime("x86_64-pc-windows-msvc");
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "hold.ts"), HOLDER);
  const compile = [
    "compile",
    "--no-check",
    "-A",
    "--target",
    "x86_64-pc-windows-msvc",
    "-o",
    "hold.exe",
    "hold.ts",
  ];
  const compiled = await runProgram(deno, compile, { cwd: folder, env: { DENORT_BIN: denort } });
  strictEqual(compiled.code, 0, compiled.stderr);
  for (const name of names) await Deno.writeTextFile(join(place.outside, name), "# held\n");
  const holder = new Deno.Command("wine", {
    args: [
      join(folder, "hold.exe"),
      ...names.map((name) => `${place.project}\\${name.replaceAll("/", "\\")}`),
    ],
    env: { ...place.env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const reader = holder.stdout.getReader();
    await reader.read();
    void reader.cancel();
    await use();
  } finally {
    await holder.stdin.close();
    await holder.status;
    for (const name of names) await Deno.remove(join(place.outside, name));
    await Deno.remove(folder, { recursive: true });
  }
}
