import {
  type Answering,
  badRequest,
  jsonAnswer,
  Refusal,
  refused,
} from "../../../src/emulator/http/refusal.ts";
import { BlobRefusal, blobRefused } from "../../../src/emulator/storage/blob_requests.ts";
import type { Middleware } from "./middleware.ts";

const REGION = "eastus.api.azureml.ms";

/** Workspaces that accept requests only through their private endpoints, whose hosts begin with the workspace's id. */
export function privateLink(world: Answering): Middleware {
  return async (request, next) => {
    if (new URL(request.url).hostname === REGION) {
      const message =
        "User is not authorized to access provided resources due to none of the workspaces/registries are accessible " +
        "from outside of the designated private link.";
      return refused(world, new Refusal(message, { status: 403, code: "UserError" }));
    }
    const response = await next(request);
    if (!(response.headers.get("content-type") ?? "").startsWith("application/json")) return response;
    const told = (await response.text())
      .replaceAll('"publicNetworkAccess":"Enabled"', '"publicNetworkAccess":"Disabled"')
      .replaceAll(
        /"workspaceId":"([^"]+)","discoveryUrl":"[^"]+","mlFlowTrackingUri":"[^"]+/g,
        (found, id) => found.replaceAll(REGION, `${id}.workspace.${REGION}`),
      );
    return new Response(told, response);
  };
}

/** `identity`: account keys are disabled, and every SAS is rejected. `no credentials`: no SAS is issued for uploads. */
export type StorageAccess = "identity" | "no credentials";

const KEYS_DISABLED = new BlobRefusal(
  403,
  "KeyBasedAuthenticationNotPermitted",
  "Key based authentication is not permitted on this storage account.",
);

export function storageAccess(world: Answering, access: StorageAccess): Middleware {
  return async (request, next) => {
    const { hostname, pathname, searchParams } = new URL(request.url);
    if (access === "identity") {
      const isBySas = hostname.includes(".blob.") && searchParams.has("sig");
      return isBySas ? blobRefused(world, request, KEYS_DISABLED) : await next(request);
    }
    const response = await next(request);
    if (!response.ok) return response;
    if (pathname.endsWith("/listSecrets")) {
      return refused(world, badRequest(`The datastore '${pathname.split("/").at(-2)}' has no credentials.`));
    }
    if (!pathname.endsWith("/startPendingUpload")) return response;
    const { blobReferenceForConsumption: reference, ...answer } = await response.json();
    const credential = { credentialType: "NoCredentials" };
    return jsonAnswer({ ...answer, blobReferenceForConsumption: { ...reference, credential } });
  };
}
