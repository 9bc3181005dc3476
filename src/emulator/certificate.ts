// @peculiar/x509 needs this polyfill to be loaded first.
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 3600 * 1000;

/** Creates a CA and a certificate for `127.0.0.1` and `localhost`, valid from a day before `now` for a month. */
export async function createCertificate(now: Date) {
  const [authorityKeys, keys] = [await newKeys(), await newKeys()];
  const validity = {
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + 30 * DAY_MS),
  };
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: "CN=kedro-azureml emulator, authority of one run",
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const certificate = await X509CertificateGenerator.create({
    ...validity,
    subject: "CN=localhost",
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: await serverExtensions(authority, keys.publicKey),
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    authority: pem(authority),
    certificate: pem(certificate),
    key: `${PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}

async function serverExtensions(authority: X509Certificate, publicKey: CryptoKey): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([
      { type: "dns", value: "localhost" },
      { type: "ip", value: "127.0.0.1" },
    ]),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(authority.publicKey),
  ];
}

async function newKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as CryptoKeyPair;
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}
