import { Elysia } from "elysia";
import type { Key, KeyRing } from "../access/keys/key.ts";
import { covers } from "../access/keys/scope.ts";
import { originOfUrl, refuseOtherSites } from "../access/other-sites.ts";
import { createMeter } from "../access/rate.ts";
import type { Sessions } from "../access/sessions/sessions.ts";
import { Failure } from "../failure.ts";
import { type BodyLimits, mediaType, readChunks } from "../http/body.ts";
import { queryOf } from "../http/query.ts";
import { type Extra, PROTECTION } from "../http/response.ts";
import { retryAfter } from "../outbound/retry-after.ts";
import { decode } from "../parsing/json.ts";
import type { Bundle } from "./bundle.ts";
import { ADDRESSES } from "./client/addresses.ts";
import { framed, isNavigation, pathToRoot } from "./frame.ts";
import { html } from "./html.ts";
import { messages } from "./messages.ts";

/** A form with a key in it is no longer. */
const FORM: BodyLimits = { maxBytes: 4_096, timeoutMs: 10_000 };
/** With one key: a person signs in once a day, and who makes sessions without end does not get far. */
const SIGN_INS = { requests: 10, windowS: 60 } as const;
/** With what are no keys, by all callers together: a key cannot be guessed, and a form costs more than a lookup. */
const WRONG_KEYS = { requests: 300, windowS: 60 } as const;
const CHALLENGE = { "WWW-Authenticate": 'Bearer realm="agentlink"' } as const;
const HIDDEN = { hide: true } as const;

export interface SignInDependencies {
  readonly keys: KeyRing;
  readonly sessions: Sessions;
  readonly publicUrl: string | null;
  /** Adds sign-ins and sign-outs to the audit list. */
  readonly noteChange: (request: Request, note: SignInNote) => void;
  /** The files that pages name. */
  readonly bundle: () => Promise<Bundle>;
}

interface SignInNote {
  readonly action: "signIn" | "signOut" | "createKey";
  /** Whose key was shown. */
  readonly by: { readonly client: string; readonly keyId: string };
  readonly subject: string;
  readonly detail?: string;
}

function noteOf(action: SignInNote["action"], { id, name, scope }: Key): SignInNote {
  return { action, by: { client: name, keyId: id }, subject: scope };
}

/** The browser's way in: a form takes a key and leaves a cookie. Programs send their key with each request instead. */
export function signInRoutes({ keys, sessions, publicUrl, noteChange, bundle }: SignInDependencies) {
  const publicOrigin = originOfUrl(publicUrl);
  const meter = createMeter();
  return new Elysia()
    .get("/sign-in", async ({ request }) => form(await bundle(), nextOf(request), noteFor(request)), { detail: HIDDEN })
    .post(
      "/sign-in",
      async ({ request }) => {
        // Another site's form cannot sign a person in either, under that one's key.
        refuseOtherSites(request.headers, publicOrigin);
        const key = keys.find(await shownKey(request));
        const next = nextOf(request);
        const { admitted, nextInMs } = meter.take(key?.id ?? "unknown", key === null ? WRONG_KEYS : SIGN_INS);
        if (!admitted)
          return form(await bundle(), next, messages.tooManySignIns, 429, { "Retry-After": retryAfter(nextInMs) });
        if (key === null) return form(await bundle(), next, messages.keyUnknown, 401, CHALLENGE);
        if (!covers(key.scope, "read")) return form(await bundle(), next, messages.onlyForMetrics, 403);
        const cookie = await sessions.begin(key);
        noteChange(request, noteOf("signIn", key));
        return goTo(`./${next}`, cookie);
      },
      { parse: "none", detail: HIDDEN },
    )
    .post(
      "/sign-out",
      async ({ request }) => {
        refuseOtherSites(request.headers, publicOrigin);
        const key = sessions.find(request.headers);
        if (key !== null) noteChange(request, noteOf("signOut", key));
        return goTo("sign-in", await sessions.end(request.headers));
      },
      { parse: "none", detail: HIDDEN },
    );
}

/** Whether a browser requested a page or file that a key would give access to: a page, or a link to a PDF in a mail. */
export function wantsToSignIn(request: Request, error: unknown): boolean {
  const reads = request.method === "GET" || request.method === "HEAD";
  return reads && isNavigation(request) && error instanceof Failure && error.code === "key_required";
}

/** To the form, which leads back to the page that was requested. */
export function toSignIn(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  const next = pathname.slice(1) + search;
  return goTo(`${pathToRoot(request)}sign-in${next === "" ? "" : `?next=${encodeURIComponent(next)}`}`);
}

/** The pages; what is named in an address has no dot that would lead elsewhere. */
const PAGES = Object.values(ADDRESSES).map((address) => address.replaceAll(/:\w+/g, "(?:[\\w-]|%20|%27)+"));
const NEXT = new RegExp(
  `^(${PAGES.join("|")}|docs|openapi\\.json|metrics|api(/[\\w-][\\w.-]*){1,3})(\\?[\\w=&%.:,+~-]*)?$`,
);

/** Where to go once signed in: a page of the service and no other address, whatever the link contains. */
function nextOf(request: Request): string {
  const next = queryOf(request).get("next") ?? "";
  return NEXT.test(next) ? next : "";
}

/** Where the form of the first key leads once there is one: to the sign-in, which states why. */
export const AFTER_SETUP = "sign-in?setup=done";

function noteFor(request: Request): string {
  return queryOf(request).get("setup") === "done" ? messages.setupDone : "";
}

/** Relative, so that it works behind a proxy that adds a prefix. */
function goTo(address: string, cookie?: string): Response {
  const headers = { ...PROTECTION, Location: address };
  return new Response(null, {
    status: 303,
    headers: cookie === undefined ? headers : { ...headers, "Set-Cookie": cookie },
  });
}

async function shownKey(request: Request): Promise<string> {
  if (mediaType(request) !== "application/x-www-form-urlencoded")
    throw new Failure("unsupported_media_type", messages.sendSignInForm);
  const bytes = Buffer.concat(await Array.fromAsync(readChunks(request, FORM)));
  return new URLSearchParams(decode(bytes)).get("key")?.trim() ?? "";
}

function form(bundle: Bundle, next: string, error = "", status = 200, extra: Extra = {}): Response {
  const action = next === "" ? "sign-in" : `sign-in?next=${encodeURIComponent(next)}`;
  const body = html`<main class="sheet">
<h1>AgentLink</h1>
<form method="post" action="${action}">
<label for="key">Key</label>
<input id="key" name="key" type="password" required autofocus autocomplete="current-password" spellcheck="false">
${error === "" ? "" : html`<p class="error-text" role="alert">${error}</p>`}
<button class="button primary">Sign in</button>
</form>
<p class="hint">${messages.noKeyOfYours}<br><code>agentlink keys create --name you --scope admin</code></p>
</main>`;
  return framed({ title: "Sign in – AgentLink", body, toRoot: "", viewer: null }, bundle, status, extra);
}
