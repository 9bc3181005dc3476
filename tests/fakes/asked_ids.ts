import type { Emulator } from "./emulator.ts";

/**
 * Replaces the components' ids from Azure ML with the requested ones, to compare jobs with those that
 * the plugin sent to a service which kept the ids.
 */
export function askedIds(azure: Pick<Emulator, "fetch">) {
  const ids = new Map<string, string>();
  return {
    async fetch(request: Request): Promise<Response> {
      const answer = await azure.fetch(request);
      const { pathname } = new URL(request.url);
      if (request.method === "PUT" && pathname.includes("/components/") && answer.ok) {
        ids.set((await answer.clone().json()).id, pathname);
      }
      return answer;
    },
    /** A value with the requested ids. */
    restored<T>(value: T): T {
      const text = [...ids].reduce((all, [id, asked]) => all.replaceAll(id, asked), JSON.stringify(value));
      return JSON.parse(text);
    },
  };
}
