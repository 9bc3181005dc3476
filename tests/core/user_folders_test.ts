import assert from "node:assert/strict";
import { join } from "node:path";
import { userFolders } from "../../src/core/files.ts";

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

Deno.test("userFolders() returns the folders of macOS and Windows", () => {
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

Deno.test("userFolders() returns undefined without a home folder", () => {
  for (const home of [undefined, "", "relative"]) assert.equal(userFolders({ ...linux, home }), undefined);
});

Deno.test("userFolders() returns another folder for an emulator", () => {
  assert.deepEqual(userFolders({ ...linux, env: { KEDRO_AZUREML_EMULATOR: "https://127.0.0.1:1" } }), {
    ...userFolders(linux),
    state: join("/home/a/.local/state/kedro-azureml/emulator"),
  });
});
