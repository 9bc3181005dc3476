import { escapeXml } from "../../core/untrusted.ts";
import { problemBody, wrongRequest } from "./tokens.ts";
import { requestedContexts } from "./mfa.ts";
import { jsonAnswer } from "../http/refusal.ts";
import type { World } from "../state/world.ts";

/** Lifetime of a device code, in seconds. */
const DEVICE_CODE_S = 900;

/** The pages for interactive sign-in, in a browser or with a device code; `undefined` for other URLs. */
export async function signInPages(
  world: World,
  request: Request,
  operation: string,
): Promise<Response | undefined> {
  const { searchParams } = new URL(request.url);
  if (operation === "oauth2/v2.0/authorize") return authorize(world, searchParams);
  if (operation === "oauth2/v2.0/devicecode" && request.method === "POST") {
    return jsonAnswer(startDevice(world, new URLSearchParams(await request.text())));
  }
  if (operation === "oauth2/deviceauth") return approve(world, searchParams.get("otc"));
  return undefined;
}

/** Redirects the browser back, as if the user were already signed in. */
function authorize(world: World, query: URLSearchParams): Response {
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!/^http:\/\/localhost(:\d+)?\/?$/.test(redirectUri)) {
    throw wrongRequest(
      50011,
      `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${
        query.get("client_id")
      }'.`,
    );
  }
  if (query.get("response_type") !== "code" || query.get("code_challenge_method") !== "S256") {
    throw wrongRequest(9002325, "Proof Key for Code Exchange is required for this redemption.");
  }
  const outcome = new URLSearchParams(outcomeOf(world, query, redirectUri));
  const state = query.get("state");
  if (state !== null) outcome.set("state", state);
  if (query.get("response_mode") !== "form_post") {
    return new Response(null, { status: 302, headers: { location: `${redirectUri}?${outcome}` } });
  }
  const fields = [...outcome].map(([name, value]) =>
    `<input type="hidden" name="${name}" value="${escapeXml(value)}">`
  );
  return page(
    `<form method="post" action="${escapeXml(redirectUri)}">${fields.join("")}</form>` +
      "<script>document.forms[0].submit()</script>",
  );
}

function outcomeOf(world: World, query: URLSearchParams, redirectUri: string): Record<string, string> {
  const { outcome, codes } = world.people;
  if (outcome === "declined") {
    const body = problemBody(world, {
      code: 65004,
      error: "access_denied",
      message: "User declined to consent to access the app.",
    });
    return { error: body.error, error_description: body.error_description };
  }
  const code = `code.${world.random.uuid()}`;
  codes.set(code, {
    client: query.get("client_id") ?? "",
    redirectUri,
    challenge: query.get("code_challenge") ?? "",
    nonce: query.get("nonce") ?? undefined,
    contexts: requestedContexts(query.get("claims")),
  });
  return { code };
}

function startDevice(world: World, form: URLSearchParams) {
  const deviceCode = `device.${world.random.uuid()}`;
  const userCode = world.random.uuid().replaceAll("-", "").slice(-9).toUpperCase();
  const verificationUri = `${world.links.authority}/common/oauth2/deviceauth`;
  world.people.devices.set(deviceCode, {
    client: form.get("client_id") ?? "",
    userCode,
    expiresAt: world.clock.now().getTime() + DEVICE_CODE_S * 1000,
    contexts: requestedContexts(form.get("claims")),
    isApproved: false,
  });
  return {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: verificationUri,
    expires_in: DEVICE_CODE_S,
    interval: 1,
    message:
      `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
  };
}

/** The page to enter a device code. */
function approve(world: World, typed: string | null): Response {
  const device = [...world.people.devices.values()].find(({ userCode }) => userCode === typed?.toUpperCase());
  if (device === undefined) return page('<form><input name="otc" autofocus><button>Next</button></form>');
  device.isApproved = true;
  return page("You have signed in on your device. You may close this window.");
}

function page(body: string): Response {
  const html = `<!doctype html><meta charset="utf-8"><title>Sign in</title>${body}`;
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}
