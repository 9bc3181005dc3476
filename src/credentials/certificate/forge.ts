/** Supports what Deno's cryptography lacks: PKCS12, and keys encrypted with Triple DES. Loaded on demand (300 kB). */
// @ts-types="@types/node-forge"
import forge from "node-forge";

export { forge };
