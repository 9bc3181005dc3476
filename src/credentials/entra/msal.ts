import type {
  AccountInfo,
  AuthenticationResult,
  DeviceCodeRequest,
  ICachePlugin,
  INetworkModule,
} from "@azure/msal-node";
import { createHttpHeaders, createPipelineRequest } from "../../core/net/azure_http.ts";
import type { SignInClient } from "./token_http.ts";

export type { AccountInfo, AuthenticationResult };

/** The code that the person has to enter, as MSAL passes it. */
export type DeviceCodeResponse = Parameters<DeviceCodeRequest["deviceCodeCallback"]>[0];

/** Loads the package, which is only needed once a person signs in. */
export const loadMsal = () => import("@azure/msal-node");

/** Creates MSAL's network module from our HTTP client. */
export function msalNetwork({ client }: SignInClient): INetworkModule {
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

/** Persistent storage of MSAL's token cache, which is as secret as a password. */
export interface Keeper {
  load(): Promise<string>;
  save(cache: string): Promise<void>;
}

/** Makes MSAL load the stored cache before each use, and save it after changes. */
export function cachePlugin({ load, save }: Keeper): ICachePlugin {
  return {
    beforeCacheAccess: async ({ tokenCache }) => tokenCache.deserialize(await load()),
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
      if (cacheHasChanged) await save(tokenCache.serialize());
    },
  };
}
