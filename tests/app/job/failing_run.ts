import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { createClient, ID, job, register, WORKSPACE } from "../../emulator/two_steps.ts";
import { fakeContext } from "../../fakes/context.ts";

/** A run whose step `b` runs two nodes and fails in the second. @param unlogged Lines that no log has. */
export async function failingRun(label: string, unlogged?: RegExp) {
  const fake = fakeContext({
    async fetch(request) {
      const answer = await emulator.fetch(request);
      if (unlogged === undefined || !request.url.includes("std_log")) return answer;
      return new Response((await answer.text()).replaceAll(unlogged, ""), {
        headers: { "x-ms-request-id": "1" },
      });
    },
  });
  const failingSteps = { b: "ValueError: no" };
  const { emulator, ask } = createClient({ clock: fake.clock, outcome: { failingSteps } });
  await register({ ask });
  const body = job();
  Object.assign(body.properties.jobs.b, {
    display_name: label,
    environment_variables: { KEDRO_AZUREML_GROUP: '["fit","plot"]' },
  });
  await ask("PUT", `${ID}/jobs/j1`, { body });
  const workspace = openWorkspace(
    {
      ...{ ...fake, cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
      tokens: { getToken: async (scope) => ({ token: emulator.issueToken(scope.replace("/.default", "")) }) },
    } as Parameters<typeof openWorkspace>[0],
  );
  return { target: { workspace, name: "j1", job: undefined, isSent: true }, clock: fake.clock };
}
