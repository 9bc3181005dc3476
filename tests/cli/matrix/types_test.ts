import { equal, match, ok } from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** Fields of Azure's answers with a value of another type, by the path that is asked. */
const WRONG: readonly (readonly [path: RegExp, field: RegExp, value: string])[] = [
  [/oauth2/, /"access_token":"[^"]*"/, '"access_token":[5]'],
  [/oauth2/, /"expires_in":\d+/, '"expires_in":{}'],
  [/workspaces\/[^/]+$/, /"publicNetworkAccess":"[^"]*"/, '"publicNetworkAccess":5'],
  [/permissions$/, /"actions":\[/, '"notActions":5,"actions":[5,'],
  [/computes\/[^/]+$/, /"provisioningErrors":null/, '"provisioningErrors":[null,5]'],
  [/environments\//, /"image":/, '"condaFile":5,"image":'],
];

for (const [path, field, value] of WRONG) {
  Deno.test(`validate, doctor and setup meet no bug if Azure answers ${value}`, async () => {
    const world = makeWorld({
      fetch: async (request) => {
        const response = await world.azure.fetch(request);
        if (!path.test(new URL(request.url).pathname)) return response;
        const text = await response.text();
        const { status, headers } = response;
        return new Response(text.replace(field, () => value), { status, headers });
      },
    });
    for (const line of ["validate main --online", "doctor", "setup --dry-run", "auth status --json"]) {
      const exit = await world.kedroAzureml(line);
      ok(exit < 10, `${line}: ${exit}\n${world.ctx.stderr()}`);
    }
  });
}

Deno.test("job list names the code of a refusal whose message is no text", async () => {
  const refusal = JSON.stringify({ error: { code: "Odd", message: [5] } });
  const world = makeWorld({
    fetch: async (request) =>
      /\/jobs$/.test(new URL(request.url).pathname)
        ? new Response(refusal, { status: 400, headers: { "content-type": "application/json" } })
        : await world.azure.fetch(request),
  });
  equal(await world.kedroAzureml("job list"), 5);
  match(world.ctx.stderr(), /Azure: \(Odd\)/);
});
