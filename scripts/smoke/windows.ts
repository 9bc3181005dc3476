import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Check, program, succeeded } from "./checks.ts";

/** What only Windows has, real or Wine's; the project's folder is on a drive with a letter. */
export const WINDOWS: Readonly<Record<string, Check>> = {
  "a drive in small letters, a verbatim path, slashes instead of backslashes": async (place) => {
    const { project } = place;
    const small = `${project[0]!.toLowerCase()}${project.slice(1)}`;
    for (const folder of [small, `\\\\?\\${project}`, project.replaceAll("\\", "/"), `${project}\\`]) {
      const { files } = JSON.parse(succeeded(await program(place, ["-C", folder, "files", "--json"])));
      ok(files.some(({ name }: { name: string }) => name === "src/bikes/pipelines/training.py"), folder);
    }
  },
  "a name that Windows does not allow": async (place) => {
    const { code, stderr } = await program(place, ["-C", `${place.project}\\a<b`, "files"]);
    strictEqual(code, 3, stderr);
    match(stderr, /Windows does not allow this name/);
  },
  "names that Windows would write elsewhere": async (place) => {
    const names = {
      "nul.yaml": /the name of a device on Windows/,
      "stream:v1.yaml": /Windows does not allow ":" in names/,
    };
    const compile = ["-C", place.project, "compile", "-j", "main", "-o"];
    for (const [name, problem] of Object.entries(names)) {
      const { code, stderr } = await program(place, [...compile, `${place.project}\\${name}`]);
      strictEqual(code, 2, stderr);
      match(stderr, problem);
    }
    succeeded(await program(place, [...compile, "nul"]));
    const written = [...Deno.readDirSync(place.outside)].filter(({ name }) => /^(nul|stream)/.test(name));
    deepStrictEqual(written, []);
  },
  "a path of 262 characters": async (place) => {
    const folder = "x".repeat(60);
    const inside = `src/${folder}/${folder}/`;
    const name = `${inside}${"y".repeat(Math.max(1, 262 - place.project.length - 1 - inside.length - 3))}.py`;
    const path = join(place.outside, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, "# long\n");
    const { files } = JSON.parse(
      succeeded(await program(place, ["-C", place.project, "files", "--json"])),
    );
    ok(files.some((file: { name: string }) => file.name === name));
    const packed = join(place.project, "long.kap");
    succeeded(await program(place, ["-C", place.project, "pack", "-j", "main", "-o", packed]));
    await Deno.remove(join(place.outside, `src/${folder}`), { recursive: true });
  },
  "lines that end as on Windows": async (place) => {
    const file = join(place.outside, "src/bikes/pipeline_registry.py");
    const before = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, before.replaceAll("\n", "\r\n"));
    const { pipelines } = JSON.parse(
      succeeded(await program(place, ["-C", place.project, "inspect", "--json", "--no-cache"])),
    );
    await Deno.writeTextFile(file, before);
    strictEqual(Object.keys(pipelines).length, 3);
  },
  "az.cmd of the PATH is asked for a token": async (place) => {
    const token = '{"accessToken":"x","expires_on":4102444800,"tenant":"t","tokenType":"Bearer"}';
    const folder = join(place.outside, "azure cli");
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "az.cmd"), `@echo off\r\necho ${token}\r\n`);
    const path = `${place.project}\\azure cli`;
    const { stdout } = await program(
      place,
      ["auth", "status"],
      Deno.build.os === "windows" ? { PATH: path } : {
        WINEPATH: path,
      },
    );
    await Deno.remove(folder, { recursive: true });
    match(stdout, /azure-cli +used/);
  },
};
