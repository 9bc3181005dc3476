import { equal, throws } from "node:assert/strict";
import { readPfx } from "../../src/credentials/pfx.ts";

/**
 * Created by `openssl pkcs12 -export -macalg sha512 -iter 1 -certpbe aes-128-cbc`, one of 600: decrypted with the
 * password as UTF-16, it ends with what looks like padding.
 */
const FILE = `
MIIGqQIBAzCCBkMGCSqGSIb3DQEHAaCCBjQEggYwMIIGLDCCAukGCSqGSIb3DQEHBqCCAtowggLWAgEAMIICzwYJKoZIhvcNAQcB
MF4GCSqGSIb3DQEFDTBRMDAGCSqGSIb3DQEFDDAjBBA5AZ4QnQSHKkMyZrMe10lZAgEBMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUD
BAECBBDIfXZ4fa2Uc3EnwGOZJUcTgIICYKI7SAO2G1rB/WKf5A56ZTwFR8Xjoghy5sKsMNYd9RiBY58+o4L8tnRVIDmIamfT7dH8
6w9OWt2KkxgmXGbMYcjnNM74qNxV4crhvrHtHxi5RD3WKAr0JksHTQmWK71/witQUGUsN0WDIkWtKxp/5nOQtGzlC7fudQerJFgt
XBCaOe+WsQNJOgMd1XGsy0KnQ5CjSGamGpWB7Iuax9usUKZwXkNn0n+zlXvOxH/RcNm3VQfu9/h6uPdBQYv5OrfFvTW/0Kyzckjv
3hr35ZhC2VAQ4eWgYUi6UJUGRbf7iydwYkmKoUzX4lrInPuru94c2dKnNa1nv1nn2p70cmIY+PET6/QmH1vpVKzIABRAHRAD2wYN
sXXtql7FLicnVmA8BvJzSAP+Dx8eOYO3uhCy5mW6YsSBFVrLHwJOCvkYi+QxQO9JAAhk+QQTjpssw5BtT0ymMfuygzF3B6p5Yd3t
oCGNhcEI92Gv60ExbiBsfFfB0EOe9QcWGFraNPGXYC6kUFxuljK76NRBwdHiQ7s0O7V4OKoQ4oMGeGSdH2NAcZsBAE3RQGsHxrh+
cVk4hfDaKI60DJK+lgPjZtDgz4e7IKHJSE+HXFet7jS9LQZOgVlDof0J+c1gs56DtXS4jabr2AwZUkCbb6KQI7dMOyi7hvt6DknP
Q5PWzVghieXpb1y73KvhCID7dXZG/luWsU1H/yoSbg8NF0gxzFhpUmtj6PPg08+Hyawiv08b2PydqVr0OmLDWRP4J+b5GwYwt8hg
FYgAk1RiZKXxWe5ePnK7jyUQRMtwo1omVwTDIjHP86NSMIIDOwYJKoZIhvcNAQcBoIIDLASCAygwggMkMIIDIAYLKoZIhvcNAQwK
AQKgggLoMIIC5DBeBgkqhkiG9w0BBQ0wUTAwBgkqhkiG9w0BBQwwIwQQ4sk79XosfE3T5U+5/sAQEwIBATAMBggqhkiG9w0CCQUA
MB0GCWCGSAFlAwQBKgQQwVtheGvKzpRu6vIrHW40wASCAoAakXOJCud70ejFhGmHrsiaJ+ILXjKk1iGZY4VNba/j0/u07GD9r6XI
wFcsecD9z+rdOuqVO12NfPznhaG2sZCL7doMOKcb/3BLrN4ys4b6jzDoMLoAKO1cJtTBWJEwDnDuAoKFuENlW0Ul6iA2YvDNUVhg
4yeYzRiP96vKzen0zuQaHzkf77N75fBVfMd7sVcy0lM66Q0yTLpaCJdMHm0zndzVpJMjpB+Bc5aq4LjsXIDdIct6XP5d8MR6inD8
VJmSjT93eTHpZNleSN/vzKInGfs9MzzI7SSP//4000hb4GhKT/QDjr6FwWP9zaLcUJynn5eNCge1QLTh8oGFYElXcQJPtZXd6+6h
tGmxa58a2aMP4XF0Dx+0KNvl2UXlxUbFq3/WtsAhGD8ihCpXdQ/fka84Brd9VgmJGcLTMIS+i2HigibX/BEp9cH7bCghGB9l2Y9C
SRYl7bjjLIt6ONQ5iqngAD4rSzOLgsEdqliHLTxaHULNyw0XFMapChH8SgrRRi+gCamGXV9IEbuLo3kA0vkES9lh72BC9KhpOhzI
4ANwqQkUs/sxP0p5H+53l6InBsrlZG56hRSvr6FFNWZCfkB4zLM5YsZtDXVyVSEq6dUZANT6BTxHtP0fKc+hZ0gg20Kcc+E5ssyI
ADY+U1oysMhIEvy2So3yppeHpR1OeB4cbtiBXx9+I8e2eO8/bzMnVwdBBPlWWYc3eP9J79jrqxWbeB8/vvF4DkqGnefnx3xh4L3a
IQoVxGzAIxdeeDk2r9FwbyaKZyM7SHNvwRAQ5c0ZRiBht6yHILpM8qEMqu3wA73IGsFAf4zGIk6hovTWb+FTvhAQRe44pNBwx6DP
MSUwIwYJKoZIhvcNAQkVMRYEFMjTYWYS9Ij1ZCoVde9XLp9MMrioMF0wUTANBglghkgBZQMEAgMFAARAPw4VHxKf1IgqdjrkrFyK
L1I7roPOntxrBFyth+JGkytOK1c+N3TVuLp37A9aMH6Kn28tO2VQWRaCdTxHKq2MGgQInLcVoOeicgg=`;

const bytes = Uint8Array.fromBase64(FILE.replaceAll("\n", ""));

Deno.test("readPfx() falls back to the password in UTF-8", () => {
  const { keys, certificates } = readPfx(bytes, { path: "made.pfx", clientId: "c", password: "pässword" });
  equal(keys.length, 1);
  equal(certificates[0]!.x509.subject, "CN=x");
});

for (
  const [what, password] of [
    ["fails the MAC", "wrong"],
    ["cannot be decrypted", "wröng"],
    ["decrypts to too short text", "wröng33"],
    ["decrypts to too long text", "wröng700"],
    ["decrypts to too long numbers", "wröng391"],
  ] as const
) {
  Deno.test(`readPfx() rejects a wrong password if the file ${what}`, () => {
    throws(() => readPfx(bytes, { path: "made.pfx", clientId: "c", password }), {
      code: "auth.certificate_password",
      message: 'Cannot sign in with the certificate "made.pfx": wrong password',
    });
  });
}

Deno.test("readPfx() reports a file that is no PFX as damaged", () => {
  for (const password of [undefined, "wrong"]) {
    const other = new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x03]);
    throws(() => readPfx(other, { path: "made.pfx", clientId: "c", password }), {
      code: "auth.certificate_format",
      message:
        'Cannot sign in with the certificate "made.pfx": it is not a PFX file with certificate and key, or it is damaged',
    });
  }
});
