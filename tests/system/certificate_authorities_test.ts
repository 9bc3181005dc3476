import { deepStrictEqual, rejects, throws } from "node:assert/strict";
import { createClient, readAuthorities } from "../../src/system/fetch.ts";
import { createCertificate } from "../../src/emulator/certificate.ts";
import { ExitCode } from "../../src/core/errors.ts";
import { createFolder } from "../fakes/folder.ts";

const INVALID = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/** A folder with a valid file of certificates, and one without. */
async function withFiles(use: (folder: string, authority: string) => Promise<void>): Promise<void> {
  const { authority } = await createCertificate(new Date("2026-01-02T03:04:05Z"));
  const key = "-----BEGIN PUBLIC KEY-----\n";
  await using folder = await createFolder({ "ca.pem": authority, "other.pem": INVALID, "key.pem": key });
  await use(folder.root, authority);
}

for (
  const [variable, name, problem] of [
    ["KEDRO_AZUREML_CA_FILE", "none.pem", "file not found"],
    ["SSL_CERT_FILE", "", "the file cannot be read"],
    ["DENO_CERT", "other.pem", "it is not a list of certificates in PEM"],
    ["NODE_EXTRA_CA_CERTS", "key.pem", "it is not a list of certificates in PEM"],
  ] as const
) {
  Deno.test(`readAuthorities() rejects ${name || "a folder"} in ${variable}`, () =>
    withFiles(async (folder) => {
      const path = `${folder}/${name}`;
      const where = name === "none.pem" ? "--ca-file (or KEDRO_AZUREML_CA_FILE)" : variable;
      await rejects(readAuthorities({ [variable]: path, NODE_EXTRA_CA_CERTS: path }), {
        code: "network.ca_file",
        exit: ExitCode.Usage,
        message: `Cannot read the certificate authorities in "${path}": ${problem}`,
        hint: `Set ${where} to a PEM file with your organization's certificate authority, or unset it`,
      });
    }));
}

Deno.test("createClient() trusts the machine's authorities", () => {
  const { createHttpClient } = Deno;
  const before = Deno.env.toObject();
  const seen: unknown[] = [];
  Deno.createHttpClient = (options) => {
    seen.push(["DENO_TLS_CA_STORE", "HTTPS_PROXY", "no_proxy"].map((name) => Deno.env.get(name)));
    return createHttpClient(options);
  };
  try {
    for (const store of ["", "mozilla"]) {
      const env = { DENO_TLS_CA_STORE: store, HTTPS_PROXY: "http://127.0.0.1:9", no_proxy: "localhost" };
      for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
      createClient({}).close();
    }
    deepStrictEqual(seen, [["mozilla,system", undefined, undefined], ["mozilla", undefined, undefined]]);
  } finally {
    Deno.createHttpClient = createHttpClient;
    for (const name of ["DENO_TLS_CA_STORE", "HTTPS_PROXY", "no_proxy"]) {
      if (before[name] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[name]);
    }
  }
});

Deno.test("createClient() does not change environment variables", () => {
  const before = Deno.env.toObject();
  const own = { HTTPS_PROXY: "http://127.0.0.1:9", no_proxy: "localhost" };
  try {
    for (const store of [undefined, "mozilla"]) {
      const env = { ...own, ...(store && { DENO_TLS_CA_STORE: store }) };
      Deno.env.delete("DENO_TLS_CA_STORE");
      for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
      const during = Deno.env.toObject();
      createClient({}).close();
      throws(() => createClient({ caCerts: [INVALID] }), TypeError);
      deepStrictEqual(Deno.env.toObject(), during);
    }
  } finally {
    for (const name of [...Object.keys(own), "DENO_TLS_CA_STORE"]) {
      if (before[name] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[name]);
    }
  }
});
