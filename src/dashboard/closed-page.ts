import { MAKE_A_KEY } from "../access/direct.ts";
import { Failure } from "../failure.ts";
import type { Bundle } from "./bundle.ts";
import { framed } from "./frame.ts";
import { html } from "./html.ts";
import { messages } from "./messages.ts";
import { setupForm } from "./setup-page.ts";

/** What denies access to all, or to all but one person's own programs, until there is a key. */
const CLOSED = { access_denied: 403, host_not_allowed: 403, keys_lost: 503 } as const;

function statusOf(error: unknown): 403 | 503 | null {
  const code = error instanceof Failure ? error.code : "";
  return Object.hasOwn(CLOSED, code) ? CLOSED[code as keyof typeof CLOSED] : null;
}

/** Whether a browser requests a page of a service that has no key yet. */
export function wantsClosedPage({ headers, method }: Request, error: unknown): error is Failure {
  const reads = method === "GET" && (headers.get("accept")?.includes("text/html") ?? false);
  return reads && statusOf(error) !== null;
}

/**
 * The first visit of a service without keys, from elsewhere or through a proxy: what to do, for people. Anyone may read it, so
 * it names no folder; the log at the start has the same command with the folder.
 */
export function closedPage({ url }: Request, error: Failure, bundle: Bundle, canSetUp: boolean): Response {
  const { pathname } = new URL(url);
  const toRoot = /^\/[^/]+\//.test(pathname) ? "../" : "";
  const lost = error.code === "keys_lost";
  const shell = html`<p role="alert">${error.message}</p>
<p>${messages.createKeyOnMachine}</p>
<p><code>${MAKE_A_KEY}</code></p>
<p class="hint">${messages.withSystemd}<br><code>sudo agentlink-as-service keys create --name you --scope admin</code></p>
<p class="hint">${messages.inContainer}<br><code>docker compose exec agentlink /agentlink keys create --name you --scope admin</code></p>
<p>${messages.takenWithinASecond} <a href="${toRoot}sign-in">${messages.signInWithIt}</a>.</p>`;
  const content =
    canSetUp && !lost
      ? html`${setupForm(toRoot)}<details><summary>${messages.orOnMachine}</summary>${shell}</details>`
      : shell;
  const body = html`<main class="sheet">
<h1>${lost ? messages.keysLost : messages.noKeyYet}</h1>
${content}
</main>`;
  const retry: Record<string, string> = lost ? { "Retry-After": "5" } : {};
  return framed({ title: messages.closedTitle, body, toRoot, viewer: null }, bundle, statusOf(error) ?? 403, retry);
}
