import type {
  AccountInfo,
  AuthenticationResult,
  DeviceCodeRequest,
  ICachePlugin,
  INetworkModule,
} from "@azure/msal-node";
import { createHttpHeaders, createPipelineRequest } from "../../core/net/azure_http.ts";
import type { Wire } from "./token_http.ts";

export type { AccountInfo, AuthenticationResult };

/** What a person is to type, as the library has it. */
export type DeviceCodeResponse = Parameters<DeviceCodeRequest["deviceCodeCallback"]>[0];

/** The library itself, loaded when the first person signs in. */
export async function loadMsal() {
  const { PublicClientApplication, CryptoProvider } = await import("@azure/msal-node");
  return { PublicClientApplication, CryptoProvider };
}

/** Makes the library's network out of ours. */
export function msalNetwork({ client }: Wire): INetworkModule {
  async function send<T>(
    method: "GET" | "POST",
    url: string,
    { headers = {}, body }: Parameters<INetworkModule["sendPostRequestAsync"]>[1] = {},
  ) {
    const { status, headers: received, bodyAsText } = await client.sendRequest(
      createPipelineRequest({
        url,
        method,
        headers: createHttpHeaders(headers),
        ...(body === undefined ? {} : { body }),
      }),
    );
    return { status, headers: received.toJSON(), body: JSON.parse(bodyAsText || "{}") as T };
  }
  return {
    sendGetRequestAsync: (url, options) => send("GET", url, options),
    sendPostRequestAsync: (url, options) => send("POST", url, options),
  };
}

/** Where what a client learns is kept; it is as secret as a password. */
export interface Keeper {
  load(): Promise<string>;
  save(cache: string): Promise<void>;
}

/** Lets the library read what is kept before each use, and keep what it learned. */
export function cachePlugin({ load, save }: Keeper): ICachePlugin {
  return {
    beforeCacheAccess: async ({ tokenCache }) => tokenCache.deserialize(await load()),
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
      if (cacheHasChanged) await save(tokenCache.serialize());
    },
  };
}
