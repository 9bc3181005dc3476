import { deepStrictEqual, equal, match, ok, rejects } from "node:assert/strict";
import { safePath } from "../../src/system/exec.ts";
import { serve } from "../../src/system/serve.ts";

async function withServer(
  act: (origin: string, seen: string[]) => Promise<void>,
  respond = () => new Response("ok"),
): Promise<void> {
  const stop = new AbortController();
  const seen: string[] = [];
  const server = await serve(async (request) => {
    seen.push(`${request.method} ${(await request.arrayBuffer()).byteLength}`);
    return respond();
  }, { signal: stop.signal });
  try {
    await act(`http://127.0.0.1:${server.port}`, seen);
  } finally {
    stop.abort();
    await server.finished;
  }
}

async function status(request: Promise<Response>): Promise<number> {
  const answer = await request;
  await answer.body?.cancel();
  return answer.status;
}

Deno.test("serve() listens on the loopback interface even with DENO_SERVE_ADDRESS", async () => {
  Deno.env.set("DENO_SERVE_ADDRESS", "tcp:0.0.0.0:0");
  await withServer(async (origin, seen) => {
    equal(await status(fetch(origin, { method: "POST", body: "abc" })), 200);
    equal(seen[0], "POST 3");
    // Linux answers here, too, if it listens on all interfaces.
    await rejects(fetch(origin.replace("127.0.0.1", "127.0.0.2")), TypeError);
  });
});

Deno.test("serve() sends JSON without a content length, and other content with one", async () => {
  const headers = { "content-type": "application/json; charset=utf-8", "content-length": "2" };
  const answers: [Response, text: string, length: string | null][] = [
    [new Response("{}", { status: 201, headers }), "{}", null],
    [new Response("data", { status: 201, headers: { "content-length": "4" } }), "data", "4"],
    [new Response(null, { status: 201, headers: { "content-type": "application/json" } }), "", "0"],
  ];
  for (const [response, text, length] of answers) {
    await withServer(async (origin) => {
      const answer = await fetch(origin);
      deepStrictEqual([answer.status, answer.headers.get("content-length")], [201, length]);
      equal(await answer.text(), text);
    }, () => response);
  }
});

Deno.test("serve() rejects a request whose body ends early", async () => {
  await withServer(async (origin, seen) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(origin).port) });
    const lines = ["POST / HTTP/1.1", "host: localhost", "content-length: 10", "", "abc"];
    await connection.write(new TextEncoder().encode(lines.join("\r\n")));
    await connection.closeWrite();
    match(await new Response(connection.readable).text(), /^HTTP\/1.1 400 [^]*^connection: close\r$/im);
    deepStrictEqual(seen, []);
  });
});

Deno.test("serve() limits the body of requests without credentials", async () => {
  const body = new Uint8Array(100_000);
  await withServer(async (origin, seen) => {
    equal(await status(fetch(origin, { method: "POST", body })), 413);
    equal(await status(fetch(origin, { method: "POST", body: new Blob([body]).stream() })), 413);
    const refused = await fetch(origin, { method: "POST", body });
    deepStrictEqual([refused.headers.get("connection"), await refused.text()], ["close", ""]);
    equal(seen.length, 0);
    const headers = { authorization: "Bearer x" };
    equal(await status(fetch(origin, { method: "POST", body, headers })), 200);
    equal(await status(fetch(`${origin}/?sig=x`, { method: "PUT", body })), 200);
    equal(seen.join(), "POST 100000,PUT 100000");
  });
});

for (const [bytes, answer] of [[65_536, 200], [65_537, 413]] as const) {
  Deno.test(`serve() returns ${answer} for a body of ${bytes} bytes without credentials, with or without its length`, async () => {
    const body = new Uint8Array(bytes);
    await withServer(async (origin) => {
      equal(await status(fetch(origin, { method: "POST", body })), answer);
      equal(await status(fetch(origin, { method: "POST", body: new Blob([body]).stream() })), answer);
    });
  });
}

Deno.test({
  name: "safePath() drops entries that depend on the working folder",
  ignore: Deno.build.os === "windows",
  fn() {
    equal(safePath(":/usr/bin:.:bin:/proc/self/cwd/bin:/bin:").PATH, "/usr/bin:/bin");
    equal(safePath(undefined).PATH, undefined);
  },
});

Deno.test("src/system starts each program with the PATH of safePath()", async () => {
  const folder = new URL("../../src/system/", import.meta.url);
  const starts: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const text = isFile ? await Deno.readTextFile(new URL(name, folder)) : "";
    starts.push(
      ...text.split("new Deno.Command(").slice(1).map((start) => `${name}: ${start.slice(0, 600)}`),
    );
  }
  // This program itself, by its own path; and on Windows, which has no such entries.
  const known = ["Deno.execPath()", '"taskkill"'];
  const others = starts.filter((start) => !known.some((word) => start.slice(0, 60).includes(word)));
  equal(others.length, 2, others.join("\n"));
  for (const start of others) ok(start.includes("safePath("), start);
});
