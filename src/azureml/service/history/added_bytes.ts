import type { PipelineResponse } from "../../../core/net/azure_http.ts";

/**
 * The bytes from a position on in the response to a range request. A server without range support sends the whole file.
 *
 * @returns `undefined` for another range than the requested one.
 */
export function addedBytes(
  response: PipelineResponse,
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
): Uint8Array<ArrayBuffer> | undefined {
  if (response.status === 200) return bytes.subarray(at);
  const range = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "");
  return range !== null && Number(range[1]) !== at ? undefined : bytes;
}
