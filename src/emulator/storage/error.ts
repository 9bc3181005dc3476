import type { World } from "../world/world.ts";

/** An error answer of blob storage. */
export class BlobRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | undefined;

  constructor(status: number, code: string, message: string, detail?: string) {
    super(message);
    this.name = "BlobRefusal";
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/** Converts a refusal to blob storage's error response: XML, or for HEAD requests only a header. */
export function blobRefused(
  world: World,
  request: Pick<Request, "method">,
  { status, code, message, detail }: BlobRefusal,
): Response {
  const id = world.random.uuid();
  const text = `${message}\nRequestId:${id}\nTime:${world.clock.now().toISOString()}`;
  const inner = detail === undefined
    ? ""
    : `<AuthenticationErrorDetail>${escapeXml(detail)}</AuthenticationErrorDetail>`;
  const xml = '<?xml version="1.0" encoding="utf-8"?>' +
    `<Error><Code>${code}</Code><Message>${escapeXml(text)}</Message>${inner}</Error>`;
  const headers = { "x-ms-error-code": code, "x-ms-request-id": id, "x-ms-version": "2024-08-04" };
  if (request.method === "HEAD") return new Response(null, { status, headers });
  return new Response(xml, { status, headers: { ...headers, "content-type": "application/xml" } });
}

/** Escapes text for XML. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
