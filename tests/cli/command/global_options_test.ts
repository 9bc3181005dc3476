import { equal } from "node:assert/strict";
import { withGlobalOptions } from "../../../src/cli/command/global_options.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("withGlobalOptions() resolves files against the folder in which a command was typed", () => {
  const options = { caFile: "certs/ca.pem", cloudFile: "../cloud.json" };
  const { env } = withGlobalOptions(fakeContext({ cwd: "/home/user/tiny" }), options);
  equal(env.KEDRO_AZUREML_CA_FILE, "/home/user/tiny/certs/ca.pem");
  equal(env.KEDRO_AZUREML_CLOUD_FILE, "/home/user/cloud.json");
});
