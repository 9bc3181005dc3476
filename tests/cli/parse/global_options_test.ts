import { deepEqual, equal } from "node:assert/strict";
import { join, resolve } from "node:path";
import { projectRequest, withGlobalOptions } from "../../../src/cli/parse/global_options.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("--credential takes precedence over AZURE_TOKEN_CREDENTIALS", () => {
  const opened: unknown[] = [];
  const ctx = fakeContext({ env: { AZURE_TOKEN_CREDENTIALS: "prod", CI: "1" } });
  const network = { fetch: ctx.fetch, probe: { ...ctx.probe } };
  const openNetwork = (env: unknown) => (opened.push(env), network);
  const changed = withGlobalOptions({ ...ctx, openNetwork }, { credential: "azure-cli" });
  deepEqual(changed.env, { AZURE_TOKEN_CREDENTIALS: "azure-cli", CI: "1" });
  equal(changed.probe, network.probe);
  deepEqual(opened, [changed.env]);
});

const CWD = resolve("/home/user/tiny");

Deno.test("-e and --python take precedence over environment variables", () => {
  const env = { KEDRO_ENV: "dev", KEDRO_AZUREML_PYTHON: "/venv/bin/python" };
  const ofAll = (typed: Parameters<typeof projectRequest>[1], env = {}) => {
    const { kedroEnv, kedroPython } = projectRequest({ cwd: CWD, env }, typed);
    return [kedroEnv, kedroPython];
  };
  deepEqual(ofAll({}, env), ["dev", resolve("/venv/bin/python")]);
  deepEqual(ofAll({ env: "prod", python: "python3" }, env), ["prod", "python3"]);
  deepEqual(ofAll({ env: "", python: "" }, env), ["dev", undefined]);
  deepEqual(ofAll({}, { KEDRO_ENV: "", KEDRO_AZUREML_PYTHON: "" }), [undefined, undefined]);
});

Deno.test("-C and --allow-outside are relative to the current folder", () => {
  const { directory, allowOutside } = projectRequest({ cwd: CWD, env: {} }, {
    directory: "../shop",
    allowOutside: ["../shared", "lib"],
  });
  deepEqual([directory, allowOutside], [resolve(CWD, "../shop"), [
    resolve(CWD, "../shared"),
    join(CWD, "lib"),
  ]]);
  deepEqual(projectRequest({ cwd: CWD, env: {} }, {}).directory, CWD);
});
