import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { openRelease, readVerified } from "../../../src/app/upgrade/upgrade.ts";
import { fakeContext, type FakeOptions } from "../../fakes/context.ts";

const ZEROS = "0".repeat(64);
const world = (options: FakeOptions) => ({ ...fakeContext(options), report() {} });
const release = (names: readonly string[], end = "\n") =>
  world({ files: { "/r/SHA256SUMS": names.map((name) => `${ZEROS}  ${name}${end}`).join("") } });

for (
  const [what, names, version, end] of [
    ["0.9.0 beside packages for one system", [
      "kedro-azureml-cli-linux-x64-1.0.0.tgz",
      "kedro-azureml-cli-0.9.0.tar.gz",
      "kedro-azureml-cli-0.9.0.tgz",
    ], "0.9.0"],
    ["9.1.0 in a file with Windows line ends", ["kedro-azureml-cli-9.1.0.tgz"], "9.1.0", "\r\n"],
    ["undefined without an npm package", ["kedro-azureml-x86_64-unknown-linux-gnu.tar.gz"], undefined],
  ] as const
) {
  Deno.test(`openRelease() reads the version ${what}`, async () => {
    equal((await openRelease(release(names, end), "/r")).version, version);
  });
}

Deno.test("readVerified() reads a file that is listed with Windows line ends", async () => {
  const digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
  const ctx = world({ files: { "/r/a.zip": "x" } });
  const listed = { from: "/r", checksums: `${digest}  a.zip\r\n`, version: undefined };
  equal(new TextDecoder().decode(await readVerified(ctx, listed, "a.zip")), "x");
});

Deno.test("openRelease() reads a folder whose path looks like a URL", async () => {
  const from = "C:\\releases";
  const ctx = world({ files: { [join(from, "SHA256SUMS")]: `${ZEROS}  kedro-azureml-cli-1.2.3.tgz\n` } });
  equal((await openRelease(ctx, from)).version, "1.2.3");
  await rejects(openRelease(world({ files: { "/r/SHA256SUMS/x": "" } }), "/r"), {
    code: "upgrade.download",
    message: `Cannot read ${join("/r/SHA256SUMS")}: file not found`,
  });
});

/** Reads a release from a URL; returns the requests as sent, and the error. */
async function opened(from: string, answers: readonly (Response | Error)[], signal?: AbortSignal) {
  const left = [...answers];
  const sent: string[] = [];
  const ctx = world({
    ...(signal && { signal }),
    fetch: async ({ url, redirect, signal }) => {
      sent.push(`${url} ${redirect}`);
      signal.throwIfAborted();
      const answer = left.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const error = await openRelease(ctx, from).then(() => undefined, (thrown) => thrown);
  return { sent, error };
}

const redirect = (location: string) => new Response("", { status: 302, headers: { location } });

Deno.test("openRelease() adds the name to an address with or without a slash, and follows relative redirects", async () => {
  for (const from of ["https://a.test/v1", "https://a.test/v1/"]) {
    const { sent, error } = await opened(from, [redirect("../v2/SUMS"), new Response("")]);
    deepEqual(sent, ["https://a.test/v1/SHA256SUMS manual", "https://a.test/v2/SUMS manual"]);
    equal(error, undefined);
  }
});

for (
  const [what, answer, why] of [
    ["a server that cannot be reached", new TypeError("connection refused"), "connection refused"],
    ["a server that fails", new Response("", { status: 503 }), "the server answered with 503"],
    ["an unknown address", new Response("", { status: 404 }), "the server answered with 404"],
    ["a partial file", new Response("", { status: 206 }), "the server answered with 206"],
    [
      "an error that names another address",
      new Response("", { status: 401, headers: { location: "https://login.test/" } }),
      "the server answered with 401",
    ],
  ] as const
) {
  Deno.test(`openRelease() reports ${what} with the address that was asked last`, async () => {
    const { error } = await opened("https://a.test", [redirect("https://b.test/SUMS"), answer]);
    deepEqual([error.code, error.exit, error.message, error.hint], [
      "upgrade.download",
      6,
      `Cannot read https://b.test/SUMS: ${why}`,
      "Check the address of the release and the network, or use `--from` with a folder that has its files",
    ]);
  });
}

Deno.test("openRelease() ends with the reason if it is interrupted", async () => {
  equal((await opened("https://a.test", [], AbortSignal.abort("SIGINT"))).error, "SIGINT");
});
