import { deepEqual, equal } from "node:assert/strict";
import { askService, isPage, isSigned } from "../../../src/azureml/client/workspace.ts";
import { createHttpHeaders } from "../../../src/core/net/azure_http.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

Deno.test("isSigned() recognizes blob storage by each of its headers, as a proxy may remove the others", () => {
  const signed = ["x-ms-request-id", "x-ms-version", "etag", "server"].map((name) =>
    isSigned({ headers: createHttpHeaders({ [name]: "1" }) })
  );
  deepEqual(signed, [true, true, true, false]);
});

for (
  const [what, status, headers, expected] of [
    ["a web page", 200, { "content-type": "text/html" }, true],
    ["a web page in other letters", 200, { "content-type": "TEXT/HTML; charset=utf-8" }, true],
    [
      "the web page of an error, which has an explanation of its own",
      403,
      { "content-type": "text/html" },
      false,
    ],
    ["a web page that a step wrote", 200, { "content-type": "text/html", etag: "1" }, false],
    ["JSON", 200, { "content-type": "application/json" }, false],
    ["an answer without a type", 200, {}, false],
  ] as const
) {
  Deno.test(`isPage() is ${expected} for ${what}`, () => {
    equal(isPage({ status, headers: createHttpHeaders(headers) }), expected);
  });
}

Deno.test("askService() sends JSON with POST, or asks with GET, with the token of Resource Manager", async () => {
  const sent: unknown[] = [];
  const workspace = workspaceOf(async (request) => {
    const [type, token] = ["content-type", "authorization"].map((name) => request.headers.get(name));
    sent.push([request.method, type, token, await request.text()]);
    return Response.json({ value: [] });
  });
  const request = { action: "list", url: "https://eastus.api.azureml.ms/x", isExpected: () => true };
  await askService(workspace, { ...request, body: { a: 1 } });
  await askService(workspace, request);
  const token = "Bearer https://management.azure.com/.default";
  deepEqual(sent, [["POST", "application/json", token, '{"a":1}'], ["GET", null, token, ""]]);
});
