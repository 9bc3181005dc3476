import { Refusal } from "./refusal.ts";
import type { Container, Grant, World } from "./world.ts";

/** One request to blob storage, taken apart. */
export interface BlobCall {
  readonly world: World;
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly grant: Grant;
  readonly container: Container;
  /** Of the blob; empty when the container is asked. */
  readonly name: string;
}

/** @throws {Refusal} 403 unless the SAS allows it. */
export function requirePermission({ world, grant }: Pick<BlobCall, "world" | "grant">, letter: string): void {
  if (grant.permissions.includes(letter)) return;
  throw blobError(
    world,
    403,
    "AuthorizationPermissionMismatch",
    "This request is not authorized to perform this operation using this permission.",
  );
}

/** An error as blob storage says it: XML, and the code in a header too. */
export function blobError(
  world: World,
  status: number,
  code: string,
  message: string,
  detail?: string,
): Refusal {
  const text = `${message}\nRequestId:${world.random.uuid()}\nTime:${world.clock.now().toISOString()}`;
  const more = detail === undefined
    ? ""
    : `<AuthenticationErrorDetail>${xml(detail)}</AuthenticationErrorDetail>`;
  const body = `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${
    xml(text)
  }</Message>${more}</Error>`;
  return new Refusal(message, { status, code, body, headers: { "x-ms-error-code": code } });
}

/** Text as it is written between tags. */
export function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
