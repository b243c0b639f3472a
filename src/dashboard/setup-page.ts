import { Elysia } from "elysia";
import { originOfUrl, refuseOtherSites } from "../access/other-sites.ts";
import type { Sessions } from "../access/sessions/sessions.ts";
import type { Setup } from "../access/setup.ts";
import { asFailure, Failure } from "../failure.ts";
import { type BodyLimits, mediaType, readChunks } from "../http/body.ts";
import { decode } from "../parsing/json.ts";
import type { Bundle } from "./bundle.ts";
import { framed } from "./frame.ts";
import { html, type Markup } from "./html.ts";
import { messages } from "./messages.ts";
import { AFTER_SETUP, type SignInDependencies } from "./sign-in.ts";

const FORM: BodyLimits = { maxBytes: 4_096, timeoutMs: 10_000 };
const HIDDEN = { hide: true } as const;
const STATUS: Readonly<Record<string, number>> = { setup_code: 403, rate_limited: 429, usage: 422 };

export interface SetupPageDependencies extends Pick<SignInDependencies, "publicUrl" | "noteChange" | "bundle"> {
  readonly sessions: Pick<Sessions, "begin">;
  /** null where the service's own user alone makes the first key. */
  readonly setup: Setup | null;
}

/** The first key, in a browser from anywhere: made in exchange for the code that the service has written into its log. */
export function setupRoutes({ setup, sessions, publicUrl, noteChange, bundle }: SetupPageDependencies) {
  const publicOrigin = originOfUrl(publicUrl);
  return new Elysia()
    .get("/setup", async () => (setup?.open() ? page(await bundle(), setupForm(""), 200) : toSignIn()), {
      detail: HIDDEN,
    })
    .post(
      "/setup",
      async ({ request }) => {
        refuseOtherSites(request.headers, publicOrigin);
        if (setup === null || !setup.open()) return toSignIn(AFTER_SETUP);
        const { code = "", name = "" } = await fieldsOf(request);
        try {
          const { key, secret } = await setup.make({ code, name: name.trim() });
          const by = { client: key.name, keyId: key.id };
          noteChange(request, {
            action: "createKey",
            by,
            subject: `${key.name} (${key.id})`,
            detail: messages.firstKeyBySetupCode,
          });
          return page(await bundle(), made(key.name, secret), 201, { "Set-Cookie": await sessions.begin(key) });
        } catch (error) {
          const { code: why, message } = asFailure(error);
          const status = STATUS[why];
          if (status === undefined) throw error;
          return page(
            await bundle(),
            setupForm("", { code, name, error: /[.!?]$/.test(message) ? message : `${message}.` }),
            status,
          );
        }
      },
      { parse: "none", detail: HIDDEN },
    );
}

function toSignIn(address = "sign-in"): Response {
  return new Response(null, { status: 303, headers: { Location: address } });
}

interface Given {
  readonly code: string;
  readonly name: string;
  readonly error: string;
}

/** Requests the code; `toRoot` leads from the page up to where the service is. */
export function setupForm(toRoot: string, { code, name, error }: Given = { code: "", name: "", error: "" }): Markup {
  return html`<p>${messages.setupCodeBefore} <code>setup.code</code> ${messages.setupCodeAfter}</p>
<form method="post" action="${toRoot}setup">
<label for="code">Setup code</label>
<input id="code" name="code" value="${code}" required autofocus autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="100">
<label for="name">${messages.yourName}</label>
<input id="name" name="name" value="${name}" required autocomplete="off" spellcheck="false" maxlength="64" aria-describedby="name-hint">
<p class="hint" id="name-hint">${messages.nameRule}</p>
${error === "" ? "" : html`<p class="error-text" role="alert">${error}</p>`}
<button class="button primary">${messages.createFirstKey}</button>
</form>`;
}

function made(name: string, secret: string): Markup {
  return html`<p>${messages.keyOf} <strong>${name}</strong>. ${messages.keyShownOnce}</p>
<p><code class="long">${secret}</code></p>
<p>${messages.signedInWithKey}</p>
<p><a class="button primary" href="./">${messages.keyCopied}</a></p>`;
}

function page(bundle: Bundle, content: Markup, status: number, extra: Readonly<Record<string, string>> = {}): Response {
  const body = html`<main class="sheet">
<h1>${status === 201 ? "Your key" : messages.noKeyYet}</h1>
${content}
</main>`;
  const headers = { ...extra, "Cache-Control": "no-store" };
  return framed({ title: messages.setupTitle, body, toRoot: "", viewer: null }, bundle, status, headers);
}

async function fieldsOf(request: Request): Promise<Readonly<Record<string, string>>> {
  if (mediaType(request) !== "application/x-www-form-urlencoded")
    throw new Failure("unsupported_media_type", messages.sendSetupForm);
  const bytes = Buffer.concat(await Array.fromAsync(readChunks(request, FORM)));
  return Object.fromEntries(new URLSearchParams(decode(bytes)));
}
