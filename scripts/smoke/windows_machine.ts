import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Check, type Place, program, succeeded, withEmulator } from "./checks.ts";
import { runProgram } from "../shared/run_program.ts";

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
