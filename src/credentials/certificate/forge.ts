/** Opens what Deno's own cryptography does not: PKCS12, and keys under Triple DES. Loaded when one is met (300 kB). */
// @ts-types="@types/node-forge"
import forge from "node-forge";

export { forge };
