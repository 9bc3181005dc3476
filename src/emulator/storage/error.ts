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

/** Status and message of errors whose text never changes, by their codes. */
const REFUSALS = {
  AuthenticationFailed: [
    403,
    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
  ],
  AuthorizationPermissionMismatch: [
    403,
    "This request is not authorized to perform this operation using this permission.",
  ],
  BlobAlreadyExists: [409, "The specified blob already exists."],
  BlobNotFound: [404, "The specified blob does not exist."],
  BlobTooLarge: [409, "The emulator keeps only the size of a blob this large."],
  ConditionNotMet: [412, "The condition specified using HTTP conditional header(s) is not met."],
  ContainerNotFound: [404, "The specified container does not exist."],
  InvalidAuthenticationInfo: [401, "Server failed to authenticate the request."],
  InvalidBlobOrBlock: [400, "The specified blob or block content is invalid."],
  InvalidBlockList: [400, "The specified block list is invalid."],
  InvalidRange: [416, "The range specified is invalid for the current size of the resource."],
  InvalidResourceName: [400, "The specified resource name contains invalid characters."],
  KeyBasedAuthenticationNotPermitted: [
    403,
    "Key based authentication is not permitted on this storage account.",
  ],
  Md5Mismatch: [
    400,
    "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
  ],
  MissingContentLengthHeader: [411, "Content-Length HTTP header is missing."],
  NoAuthenticationInformation: [
    401,
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
  ],
} as const;

/** Creates an error by its code. */
export function blobError(code: keyof typeof REFUSALS, options?: BlobRefusalOptions): BlobRefusal {
  const [status, message] = REFUSALS[code];
  return new BlobRefusal(status, code, message, options);
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
