import { escapeXml } from "../../core/text/sanitize.ts";
import type { World } from "../world/world.ts";

/** What a {@linkcode BlobRefusal} has besides its message. */
export interface BlobRefusalOptions {
  /** Why a signature or token was rejected. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error answer of blob storage. */
export class BlobRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, options: BlobRefusalOptions = {}) {
    super(message);
    this.detail = options.detail;
    this.headers = options.headers ?? {};
    this.status = status;
    this.code = code;
  }
}

/** Converts a refusal to blob storage's error response: XML, or for HEAD requests only a header. */
export function blobRefused(
  world: World,
  request: Pick<Request, "method">,
  { status, code, message, detail, headers: more }: BlobRefusal,
): Response {
  const id = world.random.uuid();
  const text = `${message}\nRequestId:${id}\nTime:${world.clock.now().toISOString()}`;
  const inner = detail === undefined
    ? ""
    : `<AuthenticationErrorDetail>${escapeXml(detail)}</AuthenticationErrorDetail>`;
  const xml = '\uFEFF<?xml version="1.0" encoding="utf-8"?>' +
    `<Error><Code>${code}</Code><Message>${escapeXml(text)}</Message>${inner}</Error>`;
  const headers = { "x-ms-error-code": code, "x-ms-request-id": id, "x-ms-version": "2024-08-04", ...more };
  if (request.method === "HEAD") return new Response(null, { status, headers });
  return new Response(xml, { status, headers: { ...headers, "content-type": "application/xml" } });
}
