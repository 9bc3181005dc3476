import { deepStrictEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { ServeOptions } from "../../src/core/context.ts";
import { createCertificate } from "../../src/emulator/certificate.ts";
import { safePath } from "../../src/system/exec.ts";
import { serve } from "../../src/system/serve.ts";

async function withServer(
  act: (origin: string, seen: string[]) => Promise<void>,
  respond = () => new Response("ok"),
  knows: ServeOptions["knows"] = () => Promise.resolve(true),
): Promise<void> {
  const stop = new AbortController();
  const seen: string[] = [];
  const server = await serve(async (request) => {
    seen.push(`${request.method} ${(await request.arrayBuffer()).byteLength}`);
    return respond();
  }, { signal: stop.signal, knows });
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

Deno.test("serve() listens on 127.0.0.1 despite DENO_SERVE_ADDRESS", async () => {
  Deno.env.set("DENO_SERVE_ADDRESS", "tcp:0.0.0.0:0");
  await withServer(async (origin, seen) => {
    equal(await status(fetch(origin, { method: "POST", body: "abc" })), 200);
    equal(seen[0], "POST 3");
    // Linux answers here, too, if it listens on all interfaces.
    await rejects(fetch(origin.replace("127.0.0.1", "127.0.0.2")), TypeError);
  }).finally(() => Deno.env.delete("DENO_SERVE_ADDRESS"));
});

Deno.test("serve() breaks the connection if a body fails", async () => {
  const headers = { "content-type": "application/json; charset=utf-8" };
  const answers: [Response, text: string, length: string | null][] = [
    [new Response("{}", { status: 201, headers }), "{}", "2"],
    [new Response("data", { status: 201, headers: { "content-length": "4" } }), "data", "4"],
    [new Response(null, { status: 201, headers }), "", "0"],
  ];
  for (const [response, text, length] of answers) {
    await withServer(async (origin) => {
      const answer = await fetch(origin);
      deepStrictEqual([answer.status, answer.headers.get("content-length")], [201, length]);
      equal(await answer.text(), text);
    }, () => response);
  }
  const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
  const parts = async function* () {
    yield "start";
    await isRead;
    yield " end";
  };
  const inParts = ReadableStream.from(parts()).pipeThrough(new TextEncoderStream());
  await withServer(async (origin) => {
    const texts = (await fetch(origin)).body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    equal((await texts.next()).value, "start");
    read();
    deepStrictEqual([(await texts.next()).value, (await texts.next()).done], [" end", true]);
  }, () => new Response(inParts, { headers: { "transfer-encoding": "chunked" } }));
  const broken = new ReadableStream({ start: (stream) => stream.error(new Error("cut")) });
  await withServer(async (origin) => {
    await rejects(fetch(origin), TypeError);
  }, () => new Response(broken));
});

Deno.test("serve() rejects a truncated body", async () => {
  await withServer(async (origin, seen) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(origin).port) });
    const lines = ["POST / HTTP/1.1", "host: localhost", "content-length: 10", "", "abc"];
    await connection.write(new TextEncoder().encode(lines.join("\r\n")));
    await connection.closeWrite();
    equal(await new Response(connection.readable).text(), "");
    deepStrictEqual(seen, []);
  });
});

for (
  const [what, head] of [
    ["an invalid host", "GET / HTTP/1.1\r\nHost: [x"],
    ["no host", "GET / HTTP/1.1"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b"],
    ["a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -6"],
    ["a part of negative length", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-6"],
    ["an invalid address", "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:80"],
    ["a forbidden method", "TRACE / HTTP/1.1\r\nHost: localhost"],
    ["a body for GET", "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1"],
    ["lines of no protocol", "HELLO"],
  ] as const
) {
  Deno.test(`serve() returns 400 for a request with ${what}`, async () => {
    await withServer(async (origin, seen) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(origin).port) });
      await connection.write(new TextEncoder().encode(`${head}\r\n\r\nx`));
      match(await new Response(connection.readable).text(), /^HTTP\/1.1 400 /);
      deepStrictEqual(seen, []);
    });
  });
}

Deno.test("serve() reads large bodies with valid credentials", async () => {
  const body = new Uint8Array(100_000);
  const knows = ({ headers }: Request) => Promise.resolve(headers.get("authorization") === "Bearer good");
  await withServer(
    async (origin, seen) => {
      for (const token of ["good", "bad"]) {
        const headers = { authorization: `Bearer ${token}` };
        equal(await status(fetch(origin, { method: "PUT", body, headers })), 200);
      }
      // The handler refuses what it does not know.
      equal(seen.join(), "PUT 100000,PUT 0");
    },
    undefined,
    knows,
  );
});

Deno.test("serve() rejects large bodies without credentials", async () => {
  const body = new Uint8Array(100_000);
  await withServer(
    async (origin, seen) => {
      equal(await status(fetch(origin, { method: "POST", body })), 413);
      equal(await status(fetch(origin, { method: "POST", body: new Blob([body]).stream() })), 413);
      const refused = await fetch(origin, { method: "POST", body });
      deepStrictEqual([refused.headers.get("connection"), await refused.text()], ["close", ""]);
      equal(seen.length, 0);
    },
    undefined,
    () => Promise.resolve(false),
  );
});

for (const [bytes, answer] of [[65_536, 200], [65_537, 413]] as const) {
  Deno.test(`serve() returns ${answer} for ${bytes} bytes without credentials`, async () => {
    const body = new Uint8Array(bytes);
    await withServer(
      async (origin) => {
        equal(await status(fetch(origin, { method: "POST", body })), answer);
        equal(await status(fetch(origin, { method: "POST", body: new Blob([body]).stream() })), answer);
      },
      undefined,
      () => Promise.resolve(false),
    );
  });
}

for (const scheme of ["http", "https"]) {
  Deno.test(`serve() answers over ${scheme} despite 700 idle connections`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    const { authority, certificate, key } = await createCertificate(new Date());
    const tls = scheme === "https" ? { certificate, key } : undefined;
    const program = `
      import { serve } from ${JSON.stringify(new URL("../../src/system/serve.ts", import.meta.url).href)};
      const answer = () => Promise.resolve(new Response("served"));
      const tls = ${JSON.stringify(tls)};
      const server = await serve(answer, { signal: new AbortController().signal, ...(tls && { tls }) });
      console.log(server.port);
      await server.finished;`;
    const child = new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 512; exec "$0" eval --no-lock "$1"', Deno.execPath(), program],
      stdout: "piped",
    }).spawn();
    const held: Deno.Conn[] = [];
    using client = Deno.createHttpClient({ caCerts: [authority] });
    try {
      const reader = child.stdout.getReader();
      const port = Number(new TextDecoder().decode((await reader.read()).value));
      for (let at = 0; at < 700; at++) {
        held.push(await Deno.connect({ hostname: "127.0.0.1", port }));
        // The start of a handshake or of a request.
        if (at % 2 === 0) await held.at(-1)!.write(new Uint8Array(scheme === "https" ? [22, 3, 1] : [71]));
      }
      equal(await (await fetch(`${scheme}://127.0.0.1:${port}`, { client })).text(), "served");
      await reader.cancel();
    } finally {
      for (const connection of held) connection.close();
      child.kill("SIGKILL");
      await child.status;
    }
  });
}

Deno.test(
  "safePath() removes relative folders from PATH",
  { ignore: Deno.build.os === "windows" },
  () => {
    equal(safePath(":/usr/bin:.:bin:/proc/self/cwd/bin:/bin:").PATH, "/usr/bin:/bin");
    equal(safePath(undefined).PATH, undefined);
  },
);

Deno.test("programs start without relative folders in PATH", async () => {
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
  ok(others.length > 0);
  for (const start of others) ok(start.includes("safePath("), start);
});
