import { deepEqual, equal } from "node:assert/strict";
import { isPage, isSigned } from "../../../src/azureml/client/workspace.ts";
import { createHttpHeaders } from "../../../src/core/net/azure_http.ts";

Deno.test("isSigned() recognizes blob storage by any of its headers", () => {
  const signed = ["x-ms-request-id", "x-ms-version", "etag", "server"].map((name) =>
    isSigned({ headers: createHttpHeaders({ [name]: "1" }) })
  );
  deepEqual(signed, [true, true, true, false]);
});

for (
  const [what, status, headers, expected] of [
    ["a web page", 200, { "content-type": "text/html" }, true],
    ["the web page of an error", 403, { "content-type": "text/html" }, false],
    ["a web page among a step's files", 200, { "content-type": "text/html", etag: "1" }, false],
    ["JSON", 200, { "content-type": "application/json" }, false],
  ] as const
) {
  Deno.test(`isPage() is ${expected} for ${what}`, () => {
    equal(isPage({ status, headers: createHttpHeaders(headers) }), expected);
  });
}
