import { Elysia } from "elysia";
import { Failure } from "../../failure.ts";
import { originOfUrl, refuseOtherSites } from "../access.ts";
import { PROTECTION } from "../answer.ts";
import { type BodyLimits, decode, mediaType, readChunks } from "../body.ts";
import { html } from "../html.ts";
import { page } from "../page.ts";
import type { Shared } from "../shared.ts";

/** A form with a key in it is no longer. */
const FORM: BodyLimits = { maxBytes: 4_096, timeoutMs: 10_000 };
const HIDDEN = { hide: true } as const;

/** The browser's way in: a form takes a key and leaves a cookie. Programs send their key with each request instead. */
export function signInRoutes({ keys, sessions, publicUrl }: Shared) {
  const publicOrigin = originOfUrl(publicUrl);
  return new Elysia()
    .get("/sign-in", () => form(), { detail: HIDDEN })
    .post(
      "/sign-in",
      async ({ request }) => {
        // Nobody is signed in by another site's form either, under that one's key.
        refuseOtherSites(request.headers, publicOrigin);
        const key = keys.find(await shownKey(request));
        return key === null ? form("That key is not known, or was revoked.", 401) : goTo("./", sessions.begin(key));
      },
      { parse: "none", detail: HIDDEN },
    )
    .post(
      "/sign-out",
      ({ request }) => {
        refuseOtherSites(request.headers, publicOrigin);
        return goTo("sign-in", sessions.end(request.headers));
      },
      { parse: "none", detail: HIDDEN },
    );
}

/** Whether a browser asked for a page that a key would open. */
export function wantsToSignIn({ headers }: Request, error: unknown): boolean {
  const html = headers.get("accept")?.includes("text/html") ?? false;
  return html && error instanceof Failure && error.code === "key_required";
}

export function toSignIn(): Response {
  return goTo("sign-in");
}

/** Relative, so that it holds behind a proxy that puts a folder before it. */
function goTo(address: string, cookie?: string): Response {
  const headers = { ...PROTECTION, Location: address };
  return new Response(null, {
    status: 303,
    headers: cookie === undefined ? headers : { ...headers, "Set-Cookie": cookie },
  });
}

async function shownKey(request: Request): Promise<string> {
  if (mediaType(request) !== "application/x-www-form-urlencoded")
    throw new Failure("unsupported_media_type", "Send the form of GET /sign-in.");
  const bytes = Buffer.concat(await Array.fromAsync(readChunks(request, FORM)));
  return new URLSearchParams(decode(bytes)).get("key")?.trim() ?? "";
}

function form(complaint = "", status = 200): Response {
  return page(
    html`
<header><h1>AgentLink</h1></header>
<main>
<form method="post" action="sign-in">
<p role="alert">${complaint}</p>
<label for="key">Key</label>
<input id="key" name="key" type="password" required autofocus autocomplete="current-password">
<button>Sign in</button>
</form>
<p><code>agentlink keys create</code> makes a key.</p>
</main>
`,
    status,
    status === 401 ? { "WWW-Authenticate": 'Bearer realm="agentlink"' } : {},
  );
}
