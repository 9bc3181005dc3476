import { deepEqual, rejects } from "node:assert/strict";
import { readConfFiles } from "../../src/config/conf_files.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../src/config/conf_folders.ts";
import { fakeContext } from "../fakes/context.ts";

const read = (files: Record<string, string>, settings = DEFAULT_LOADER_SETTINGS) =>
  readConfFiles(
    fakeContext({
      files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/p/${name}`, text])),
    }),
    { root: "/p", env: "prod", settings },
  );

const FILES = {
  "conf/base/catalog.yml": 'raw:\n  type: x\n"{a}.out":\n  type: y\n"{a}.b.out":\n  type: z\n',
  "conf/base/azureml.yml": "workspace: 1\n",
  "conf/base/notes.txt": "${oc.env:NOT_READ}",
  "conf/base/other.yml": "x: ${oc.env:NOT_READ}\n",
  "conf/prod/catalog_more.yml": "raw:\n  type: ${oc.env:KIND}\n  con: a${oc.env:HOST,b}${oc.env:PORT}\n",
  "conf/prod/credentials.yml":
    "# ${oc.env:COMMENT}\ndb: '\\${oc.env:ESCAPED}'\nlist:\n- '${ oc.env: DEEP }'\n",
};

Deno.test("readConfFiles() lists files of base and the environment", async () => {
  const { files, folders } = await read(FILES);
  deepEqual(files, [
    "conf/base/azureml.yml",
    "conf/base/catalog.yml",
    "conf/prod/catalog_more.yml",
    "conf/prod/credentials.yml",
  ]);
  deepEqual(folders, { base: "conf/base", env: "conf/prod" });
});

Deno.test("readConfFiles() reads conf itself without a base folder", async () => {
  const ctx = fakeContext({
    files: { "/p/conf/catalog.yml": "a: 1\n", "/p/conf/prod/catalog.yml": "b: 1\n" },
  });
  const settings = { ...DEFAULT_LOADER_SETTINGS, base_env: null };
  const { folders, keys } = await readConfFiles(ctx, { root: "/p", env: "prod", settings });
  deepEqual(folders, { base: "conf", env: "conf/prod" });
  deepEqual([...keys("catalog").keys()].toSorted(), ["a", "b"]);
});

for (const kind of ["catalog", "parameters", "credentials", "azureml"]) {
  Deno.test(`readConfFiles() finds ${kind} files and folders by prefix`, async () => {
    const names = [`${kind}.yml`, `${kind}_a.yml`, `${kind}_b/deep/c.yml`, `deep/${kind}_d.json`];
    const others = [`my_${kind}.yml`, `deep/my_${kind}.yml`, `${kind}.txt`];
    const { files } = await read(
      Object.fromEntries([...names, ...others].map((name) => [`conf/base/${name}`, "{}"])),
    );
    deepEqual(files, names.map((name) => `conf/base/${name}`).toSorted());
  });
}

Deno.test("readConfFiles() finds environment variables without a default", async () => {
  const { envReferences } = await read(FILES);
  deepEqual(
    envReferences.map(({ variable, place }) => [variable, place.file, place.line]),
    [
      ["KIND", "conf/prod/catalog_more.yml", 2],
      ["PORT", "conf/prod/catalog_more.yml", 3],
      ["DEEP", "conf/prod/credentials.yml", 4],
    ],
  );
});

Deno.test("readConfFiles() finds the line that defines a dataset", async () => {
  const { placeOfDataset, credentials } = await read(FILES);
  deepEqual(
    ["raw", "x.out", "x.b.out", "none"].map((name) => placeOfDataset(name)).map((place) =>
      place && `${place.file}:${place.line}`
    ),
    ["conf/prod/catalog_more.yml:1", "conf/base/catalog.yml:3", "conf/base/catalog.yml:5", undefined],
  );
  deepEqual([...credentials], [["db", ["conf/prod/credentials.yml"]], ["list", [
    "conf/prod/credentials.yml",
  ]]]);
});

Deno.test("readConfFiles() finds the line of a key in a dataset", async () => {
  const { placeOfDataset } = await read({
    "conf/base/catalog.yml": "raw:\n  type: x\n  save:\n    index: false\n  list:\n  - a\n",
  });
  const lineOf = (...path: readonly string[]) => placeOfDataset("raw", path)!.line;
  deepEqual([lineOf(), lineOf("type"), lineOf("save"), lineOf("save", "index")], [1, 2, 3, 4]);
  deepEqual([lineOf("load"), lineOf("save", "sep"), lineOf("list", "0")], [1, 3, 5]);
  deepEqual(placeOfDataset("raw", ["type"]), { file: "conf/base/catalog.yml", line: 2, column: 3 });
});

Deno.test("readConfFiles() omits the address of `kedro mlflow ui`", async () => {
  const settings = { ...DEFAULT_LOADER_SETTINGS, config_patterns: { mlflow: ["mlflow*"] } };
  const { mlflow } = await read({
    "conf/base/mlflow.yml": "server: {mlflow_tracking_uri: 'http://localhost:5000'}\nui: {host: 127.0.0.1}\n",
  }, settings);
  deepEqual(mlflow.map(({ text }) => text), ["http://localhost:5000"]);
});

Deno.test("readConfFiles() finds secrets in parameters and catalogs", async () => {
  const { secrets } = await read({
    "conf/base/parameters.yml": `db_password: hunter2
api: {token: t, token_url: u, secret_name: n, max_tokens: "5", api_key: 7, password: "", pwd: " "}
api_keys: [a, "\${oc.env:KEY}"]
passwords: {prod: p, file: f}
safe_token: public # secretlint-disable-line
other_token: public # pragma: allowlist secret
`,
    "conf/prod/globals.yml": "storage_key: k\n",
    "conf/base/catalog.yml":
      "raw: {credentials: dev, load_args: {con: {pwd: w}}, wrapped: {credentials: {key: c}}}\n" +
      "tokens_tf_idf: {type: pandas.CSVDataset, metadata: {layer: feature}}\n",
    "conf/base/credentials.yml": "db: {password: elsewhere}\n",
    "conf/base/clients/billing.yml": "client_secret: x\n",
  });
  deepEqual(secrets.map(({ key, place }) => [key, place.file, place.line]), [
    ["db_password", "conf/base/parameters.yml", 1],
    ["api.token", "conf/base/parameters.yml", 2],
    ["api_keys.0", "conf/base/parameters.yml", 3],
    ["passwords.prod", "conf/base/parameters.yml", 4],
    ["storage_key", "conf/prod/globals.yml", 1],
    ["raw.load_args.con.pwd", "conf/base/catalog.yml", 1],
    ["raw.wrapped.credentials.key", "conf/base/catalog.yml", 1],
    ["client_secret", "conf/base/clients/billing.yml", 1],
  ]);
});

Deno.test("readConfFiles() finds the line that sets a parameter", async () => {
  const { placeOfKey, keys } = await read({
    "conf/base/parameters.yml": "a: {b: [1, {c: 2}], ly: 3}\nonly: 1\nab: 2\na.y: {z: 1}\n",
    "conf/prod/parameters.yml": "\na: {b: [3, 4]}\n",
  });
  const shown = (path: string) => {
    const place = placeOfKey("parameters", path);
    return place && `${place.file}:${place.line}:${place.column}`;
  };
  deepEqual(["only", "ab", "a.b[0]", "a.b[1].c", "a.y.z", "a.x", "none"].map(shown), [
    "conf/base/parameters.yml:2:7",
    "conf/base/parameters.yml:3:5",
    "conf/prod/parameters.yml:2:9",
    "conf/base/parameters.yml:1:16",
    "conf/base/parameters.yml:4:10",
    undefined,
    undefined,
  ]);
  deepEqual([...keys("parameters")], [
    ["a", ["conf/base/parameters.yml", "conf/prod/parameters.yml"]],
    ["only", ["conf/base/parameters.yml"]],
    ["ab", ["conf/base/parameters.yml"]],
    ["a.y", ["conf/base/parameters.yml"]],
  ]);
});

Deno.test("readConfFiles() skips folders without read permission", async () => {
  const ctx = fakeContext({ files: { "/p/conf/base/catalog.yml": "raw: {type: x}\n" } });
  const failing = (thrown: Error) => {
    const walk: typeof ctx.fs.walk = (path, enter) => {
      if (path.endsWith("prod")) throw thrown;
      return ctx.fs.walk(path, enter);
    };
    const options = { root: "/p", env: "prod", settings: DEFAULT_LOADER_SETTINGS };
    return readConfFiles({ fs: { ...ctx.fs, walk } }, options);
  };
  const { files } = await failing(new Deno.errors.PermissionDenied());
  deepEqual(files, ["conf/base/catalog.yml"]);
  deepEqual((await failing(new Deno.errors.NotFound())).files, files);
  await rejects(failing(new RangeError("a bug")), RangeError);
});
