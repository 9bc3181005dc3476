/** Protects the pages that are served on the loopback interface. */

/**
 * Answers only browsers that opened an address with the secret: it is then in a cookie, so that no other link and no
 * history has to have it.
 *
 * @param options.from The command that printed the address, for the refusal.
 */
export async function guarded(
  request: Request,
  { secret, from }: { readonly secret: string; readonly from: string },
  pages: (request: Request) => Promise<Response>,
): Promise<Response> {
  const url = new URL(request.url);
  const cookie = `kedro_azureml_${url.port}`;
  if (isSame(url.searchParams.get("key") ?? "", secret)) {
    url.searchParams.delete("key");
    const attributes = `HttpOnly; SameSite=Lax; Path=/${url.protocol === "https:" ? "; Secure" : ""}`;
    const headers = {
      location: `${url.pathname}${url.search}`,
      "set-cookie": `${cookie}=${secret}; ${attributes}`,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    };
    return new Response(null, { status: 303, headers });
  }
  const sent = (request.headers.get("cookie") ?? "").split(/;\s*/).find((pair) =>
    pair.startsWith(`${cookie}=`)
  );
  if (isSame(sent?.slice(cookie.length + 1) ?? "", secret)) return await pages(request);
  return new Response(`Open the address with a key that \`${from}\` printed.\n`, { status: 403 });
}

/** Compares secrets in a time that does not depend on where they differ. */
function isSame(one: string, other: string): boolean {
  let differences = one.length ^ other.length;
  for (let at = 0; at < other.length; at++) differences |= (one.charCodeAt(at) || 0) ^ other.charCodeAt(at);
  return differences === 0;
}
