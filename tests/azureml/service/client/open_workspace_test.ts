import { deepEqual, equal, rejects } from "node:assert/strict";
import type { UserError } from "../../../../src/core/errors.ts";
import { workspaceOf } from "../history/odd_answers.ts";

/** A request of which every part matters. */
const REQUEST = {
  action: "submit job",
  method: "PUT",
  path: "jobs/fox",
  query: { tag: "a b&c=d+ü" },
  body: { properties: { a: 1 } },
  secondScope: "https://ml.azure.com/.default",
} as const;

Deno.test("send() sends JSON to Resource Manager, with both tokens and an encoded query", async () => {
  const sent: Request[] = [];
  const workspace = workspaceOf((request) => {
    sent.push(request);
    return Response.json({ name: "fox" });
  });
  deepEqual(await workspace.send(REQUEST), { name: "fox" });
  const [request] = sent;
  equal(
    request!.url,
    `https://management.azure.com${workspace.id}/jobs/fox?api-version=2024-01-01-preview&tag=a%20b%26c%3Dd%2B%C3%BC`,
  );
  const headers = ["accept", "content-type", "authorization", "x-azureml-token"];
  deepEqual(headers.map((name) => request!.headers.get(name)), [
    "application/json",
    "application/json",
    "Bearer https://management.azure.com/.default",
    "https://ml.azure.com/.default",
  ]);
  deepEqual(await request!.json(), REQUEST.body);
});

Deno.test("send() sends a GET without a body, and without the headers of one", async () => {
  let sent: Request | undefined;
  const workspace = workspaceOf((request) => {
    sent = request;
    return Response.json({ value: [] });
  });
  await workspace.send({ action: "list jobs", method: "GET", path: "jobs" });
  deepEqual(["content-type", "x-azureml-token"].map((name) => sent!.headers.get(name)), [null, null]);
  equal(sent!.body, null);
});

for (const status of [300, 302, 307, 399]) {
  Deno.test(`send() does not follow a redirect with status ${status}, and says where it leads`, async () => {
    const asked: string[] = [];
    const workspace = workspaceOf(({ url }) => {
      asked.push(new URL(url).host);
      return new Response(null, { status, headers: { location: "https://proxy.example/login?secret" } });
    });
    await rejects(workspace.send(REQUEST), ({ code, data }: UserError) => {
      equal(code, "network.answer");
      equal(
        data.reason,
        `It answered with status ${status}, a redirect to https://proxy.example, which Azure does not send`,
      );
      return true;
    });
    deepEqual(asked, ["management.azure.com"]);
  });
}

Deno.test("read() returns the bytes of a body in the order in which its parts arrive", async () => {
  const parts = ["first ", "second ", "third"].map((text) => new TextEncoder().encode(text));
  const workspace = workspaceOf(() => new Response(ReadableStream.from(parts)));
  const url = "https://account.blob.core.windows.net/container/log.txt";
  const { bytes } = await workspace.read({ action: "read a log", url });
  equal(new TextDecoder().decode(bytes), "first second third");
});
