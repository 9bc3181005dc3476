import assert from "node:assert/strict";
import { join } from "node:path";
import { PRIVATE_FILE, userFolders } from "../../src/core/files.ts";

const linux = { platform: "linux", home: "/home/a", env: {} } as const;

Deno.test("userFolders() follows the XDG base directories on Linux", () => {
  assert.deepEqual(userFolders(linux), {
    config: join("/home/a/.config/kedro-azureml"),
    state: join("/home/a/.local/state/kedro-azureml"),
    cache: join("/home/a/.cache/kedro-azureml"),
  });
  const env = { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "relative" };
  assert.deepEqual(userFolders({ ...linux, env }), {
    config: join("/c/kedro-azureml"),
    state: join("/home/a/.local/state/kedro-azureml"),
    cache: join("/home/a/.cache/kedro-azureml"),
  });
});

Deno.test("userFolders() requires all three XDG variables if there is no home folder", () => {
  const env = { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "/s", XDG_CACHE_HOME: "/k" };
  const of = (env: Record<string, string>) => userFolders({ ...linux, home: undefined, env });
  assert.equal(of(env)?.cache, join("/k/kedro-azureml"));
  for (const name of Object.keys(env)) assert.equal(of({ ...env, [name]: "" }), undefined, name);
});

Deno.test("userFolders() follows the conventions of macOS and Windows", () => {
  const xdg = { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "/s", XDG_CACHE_HOME: "/k" };
  assert.deepEqual(userFolders({ ...linux, platform: "darwin", env: xdg }), {
    config: join("/home/a/Library/Application Support/kedro-azureml"),
    state: join("/home/a/Library/Application Support/kedro-azureml"),
    cache: join("/home/a/Library/Caches/kedro-azureml"),
  });
  const env = { ...xdg, APPDATA: "C:\\Roaming", LOCALAPPDATA: "C:\\Local" };
  assert.deepEqual(userFolders({ ...linux, platform: "windows", env }), {
    config: join("C:\\Roaming", "kedro-azureml"),
    state: join("C:\\Local", "kedro-azureml"),
    cache: join("C:\\Local", "kedro-azureml"),
  });
});

Deno.test("userFolders() uses the Windows profile if APPDATA and LOCALAPPDATA are not absolute", () => {
  const windows = { ...linux, platform: "windows", home: "C:\\Users\\Jörg Müller" } as const;
  for (const env of [{}, { APPDATA: "Roaming", LOCALAPPDATA: "C:Local" }]) {
    const found = userFolders({ ...windows, env })!;
    assert.match(found.config, /^C:\\Users\\Jörg Müller[\\/]AppData[\\/]Roaming[\\/]kedro-azureml$/);
    assert.match(found.cache, /^C:\\Users\\Jörg Müller[\\/]AppData[\\/]Local[\\/]kedro-azureml$/);
    assert.equal(found.state, found.cache);
  }
});

Deno.test("userFolders() returns undefined without a home folder", () => {
  for (const home of [undefined, "", "relative"]) assert.equal(userFolders({ ...linux, home }), undefined);
});

Deno.test("userFolders() keeps the records of an emulator in a folder of their own", () => {
  assert.deepEqual(userFolders({ ...linux, env: { KEDRO_AZUREML_EMULATOR: "https://127.0.0.1:1" } }), {
    ...userFolders(linux),
    state: join("/home/a/.local/state/kedro-azureml/emulator"),
  });
});

Deno.test("PRIVATE_FILE keeps a file and its folder from other users", () => {
  assert.deepEqual(PRIVATE_FILE, { mode: 0o600, folderMode: 0o700 });
});
