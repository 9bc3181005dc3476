import { deepEqual, equal, throws } from "node:assert/strict";
import { endedByPerson, requireAuthorizationCode } from "../../src/credentials/public_client.ts";

const SUBJECT = { credential: "browser", tenant: "contoso.example", clientId: "app" };

for (
  const [error, code, reason] of [
    ["authorization_declined", "auth.declined", "it was declined"],
    ["access_denied", "auth.declined", "it was declined"],
    ["expired_token", "auth.too_late", "the code was not entered in time"],
    ["device_code_expired", "auth.too_late", "the code was not entered in time"],
  ] as const
) {
  Deno.test(`endedByPerson() explains ${error}: ${reason}`, () => {
    for (const codes of [[error], [undefined, error], ["invalid_grant", error]]) {
      const { message, ...rest } = endedByPerson("device-code", ...codes)!;
      deepEqual([message, rest.code, rest.exit, rest.hint], [
        `Cannot sign in with device-code: ${reason}`,
        ...[code, 4, "Run `kedro-azureml auth login` to try again"],
      ]);
    }
  });
}

Deno.test("requireAuthorizationCode() reports what the browser answered", () => {
  const answer = (parameters: Record<string, string>) => () =>
    requireAuthorizationCode(new URLSearchParams(parameters), SUBJECT);
  equal(answer({ code: "c", error: "x" })(), "c");
  throws(answer({ error: "access_denied" }), { code: "auth.declined" });
  const described = { error: "invalid_client", error_description: "AADSTS700016: Application not found." };
  throws(answer(described), { code: "auth.aadsts700016" });
  throws(answer({}), {
    code: "auth.refused",
    message: "Cannot sign in with browser: the browser returned no code",
    data: { aadsts: undefined, error: "no_code", correlation_id: undefined, credential: "browser" },
  });
});
