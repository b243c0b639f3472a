import { Elysia } from "elysia";
import type { Admission } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Scope } from "../access/keys/scope.ts";
import type { Sessions } from "../access/sessions/sessions.ts";
import { Failure } from "../failure.ts";
import { operation } from "../http/openapi/operation.ts";
import { PROTECTION } from "../http/response.ts";
import type { Asset, Bundle } from "./bundle.ts";
import { ADDRESSES, type PageName } from "./client/addresses.ts";
import { framed, pathToRoot } from "./frame.ts";
import { html } from "./html.ts";
import { messages } from "./messages.ts";

/** What the page knows about its viewer: it offers nothing that would be refused. */
export interface Viewer {
  readonly client: string;
  readonly scope: Scope;
  /** There is a session to end. */
  readonly signedIn: boolean;
  readonly version: string;
  /** Where clients reach the service, for the command that is shown; null: where the page came from. */
  readonly publicUrl: string | null;
  /** Time zones of suburbs: by state, and of those that differ from their state by state and letters. */
  readonly zones: Readonly<Record<string, string>>;
}

export interface PageDependencies {
  readonly admission: Admission;
  readonly sessions: Sessions;
  readonly version: string;
  readonly publicUrl: string | null;
  readonly zones: Viewer["zones"];
  readonly bundle: () => Promise<Bundle>;
}

const HIDDEN = { hide: true } as const;
const FOR_EVER = "public, max-age=31536000, immutable";

/** The dashboard: one page under several addresses, each of which can be shared, and the files it is made from. */
export function pageRoutes(dependencies: PageDependencies) {
  const { admission, bundle, sessions, version, publicUrl, zones } = dependencies;

  const page = async (request: Request, caller: Caller, shows: PageName) => {
    const signedIn = sessions.find(request.headers) !== null;
    const { client, scope } = caller;
    const viewer: Viewer = { client, scope, signedIn, version, publicUrl, zones };
    const toRoot = pathToRoot(request);
    return framed({ title: "AgentLink", body: without(toRoot), toRoot, viewer, shows }, await bundle());
  };

  // The files are not secret, and the sign-in page needs them, too.
  const files = new Elysia().get(
    "/assets/:name",
    async ({ request, params }) => file(await bundle(), request, params.name),
    { detail: HIDDEN },
  );
  // Bookmarks of before the rename, behind which the sign-in page then sends to the new address.
  files.get("/catalogue/places/:state/:suburb", ({ request }) => movedTo(request, "localities"), { detail: HIDDEN });
  const pages = new Elysia().use(admission);
  for (const [name, address] of Object.entries(ADDRESSES) as [PageName, string][])
    pages.get(`/${address}`, ({ request, caller }) => page(request, caller, name), {
      detail: address === "" ? HOME : HIDDEN,
    });
  return files.use(pages);
}

/** Relative, so that it works behind a proxy that adds a prefix. */
function movedTo(request: Request, folder: string): Response {
  const { pathname, search } = new URL(request.url);
  const Location = `../../${folder}/${pathname.split("/").slice(-2).join("/")}${search}`;
  return new Response(null, { status: 301, headers: { ...PROTECTION, Location } });
}

function without(toRoot: string) {
  return html`<noscript><div class="sheet"><h1>AgentLink</h1>
<p>${messages.needsJavaScript}</p>
<p>${messages.withoutBefore} <a href="${toRoot}docs">the API</a>: <a href="${toRoot}api/jobs">${messages.latestJobs}</a> ${messages.withoutAfter}</p>
</div></noscript>`;
}

function file({ assets }: { readonly assets: readonly Asset[] }, request: Request, name: string): Response {
  const found = assets.find((each) => each.name === name);
  if (found === undefined) throw new Failure("not_found", messages.otherVersion(name));
  const [encoding, body] = encoded(found, request.headers.get("accept-encoding") ?? "");
  return new Response(Buffer.from(body, "base64"), {
    headers: {
      ...PROTECTION,
      "Cache-Control": FOR_EVER,
      "Content-Type": found.type,
      ...(found.brotli === null ? {} : { Vary: "Accept-Encoding" }),
      ...(encoding === null ? {} : { "Content-Encoding": encoding }),
    },
  });
}

/** The smallest that the browser reads. It never refuses one it names (`br;q=0`), but a program may. */
function encoded({ plain, brotli, gzip }: Asset, accepted: string): readonly ["br" | "gzip" | null, string] {
  const reads = (coding: string) =>
    new RegExp(`(^|,)\\s*${coding}\\s*(;\\s*q=(1|0\\.0*[1-9])[\\d.]*\\s*)?(,|$)`).test(accepted);
  if (brotli !== null && reads("br")) return ["br", brotli];
  if (gzip !== null && reads("gzip")) return ["gzip", gzip];
  return [null, plain];
}

const HOME = operation({
  operationId: "home",
  tags: ["Service"],
  summary: "Open the dashboard",
  responses: {
    200: { description: "A page", content: { "text/html": { type: "string" } } },
    303: { description: "Sign in first", headers: { Location: "The form that takes a key" } },
  },
});
