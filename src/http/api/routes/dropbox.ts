import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Caller, requireAdmin, requireSeesAll } from "../../../access/caller.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import type { DropboxLinking } from "../../http.ts";
import { messages } from "../../messages.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import { actorOf } from "../audited.ts";
import type { Shared } from "../shared.ts";

const Link = t.Object({
  account: nullable(t.String({ description: "Owner of the account; null if Dropbox did not name the owner in time" })),
  by: t.String({ description: "Who linked it" }),
  at: time("When the account was linked"),
});

/** The Dropbox account that reports go to. */
export const DropboxView = t.Object({
  linked: nullable(Link),
  app_key: nullable(
    t.String({
      description: "App key of the app that the account was linked with, otherwise AGENTLINK_DROPBOX_APP_KEY",
    }),
  ),
  in_settings: t.Boolean({
    description: "Whether the settings name an account; it is used only if none was linked in the browser",
  }),
  redirect_uri: nullable(
    t.String({
      description:
        "Where Dropbox can send a browser back to, once it is among the app's redirect URIs; null without a public address with https",
    }),
  ),
});

const Begin = t.Object({
  app_key: t.Optional(
    t.String({ description: "App key of your Dropbox app; default: the app_key in GET /api/dropbox" }),
  ),
  redirect: t.Optional(
    t.Boolean({
      description: "true: Dropbox sends the browser back to redirect_uri; false (default): Dropbox shows a code",
    }),
  ),
});
const Finish = t.Object({
  state: t.String({ description: "The state from the response of POST /api/dropbox/link" }),
  code: t.String({ description: "The code that Dropbox showed, or sent to redirect_uri" }),
});

/** Where a person allows the app. */
export const DropboxLinkBegun = t.Object({
  url: t.String({ description: "Address of Dropbox's page; open it in a browser" }),
  state: t.String({ description: "Send it to POST /api/dropbox/link/finish; keep it secret" }),
});

const APP_KEY = /^[A-Za-z0-9]{4,64}$/;
const LONGEST = 2_000;

/** Links a Dropbox account in the browser, by OAuth with PKCE: no password and no secret of an app comes by here. */
export function dropboxRoutes({ admission, dropbox = null, limits, noteChange, log }: Shared) {
  const linking = () => {
    if (dropbox === null) throw errors.unknownTarget("dropbox");
    return dropbox;
  };
  const fields = async (request: Request, known: readonly string[]) => {
    const { value } = await readJson(request, limits);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw errors.notObject(known);
    const other = Object.keys(value).find((name) => !known.includes(name));
    if (other !== undefined) throw errors.unknownField(other, known);
    return value as Readonly<Record<string, unknown>>;
  };

  return new Elysia()
    .use(admission)
    .get(
      "/api/dropbox",
      ({ caller }) => {
        requireSeesAll(caller);
        return json<typeof DropboxView>(view(linking()));
      },
      { detail: SHOW },
    )
    .post(
      "/api/dropbox/link",
      async ({ request, caller }) => {
        requireAdmin(caller);
        const { app_key, redirect = false } = await fields(request, ["app_key", "redirect"]);
        const appKey = app_key ?? view(linking()).app_key;
        if (typeof appKey !== "string" || !APP_KEY.test(appKey)) throw errors.dropboxAppKey(appKey);
        if (typeof redirect !== "boolean") throw errors.oneOf("redirect", ["true", "false"], redirect);
        if (redirect && linking().redirectUri === null) throw errors.noDropboxRedirect();
        return json<typeof DropboxLinkBegun>(await linking().begin({ appKey, redirect, session: sessionOf(caller) }));
      },
      { parse: "none", detail: BEGIN },
    )
    .post(
      "/api/dropbox/link/finish",
      async ({ request, caller }) => {
        requireAdmin(caller);
        const { state, code } = await fields(request, ["state", "code"]);
        if (typeof state !== "string" || state.length > LONGEST) throw errors.text("state");
        if (typeof code !== "string" || code.trim() === "" || code.length > LONGEST) throw errors.text("code");
        const by = actorOf(caller, request);
        const { account } = await linking().finish({ state, code, session: sessionOf(caller), by });
        log.info({ account, by }, messages.dropboxLinked);
        noteChange(request, { subject: account ?? "Dropbox", detail: "reports go there from now on" });
        return json<typeof DropboxView>(view(linking()));
      },
      { parse: "none", detail: FINISH },
    )
    .post(
      "/api/dropbox/unlink",
      async ({ request, caller }) => {
        requireAdmin(caller);
        const before = linking().linked();
        const unlinked = await linking().unlink();
        const by = actorOf(caller, request);
        if (unlinked) log.info({ account: before?.account ?? null, by }, messages.dropboxUnlinked);
        noteChange(request, {
          subject: before?.account ?? "Dropbox",
          detail: unlinked ? "unlinked" : "none was linked",
        });
        return json<typeof DropboxView>(view(linking()));
      },
      { parse: "none", detail: UNLINK },
    );
}

/** Who begins a link ends it: in the same browser, or with the same key. */
function sessionOf({ session, keyId }: Caller): string {
  return session ?? keyId ?? "local";
}

function view(dropbox: DropboxLinking): Viewed<typeof DropboxView> {
  const linked = dropbox.linked();
  return {
    linked: linked && { account: linked.account, by: linked.by, at: linked.at },
    app_key: linked?.appKey ?? dropbox.settings.appKey,
    in_settings: dropbox.settings.linked,
    redirect_uri: dropbox.redirectUri,
  };
}

const shown = { 200: { description: "The account", content: { "application/json": ref("Dropbox") } } } as const;

const SHOW = operation({
  operationId: "showDropbox",
  tags: ["Service"],
  summary: "Show the linked Dropbox account",
  description: "Requires a viewer or admin key.",
  responses: shown,
  problems: [404],
});

const BEGIN = operation({
  operationId: "beginDropboxLink",
  tags: ["Service"],
  summary: "Start linking a Dropbox account",
  description:
    "Returns the address where a person allows the app. Complete the link within 15 minutes, with the same sign-in or key. Requires an admin key.",
  body: { content: { "application/json": Begin } },
  responses: {
    200: {
      description: "The address to open",
      content: {
        "application/json": ref("DropboxLinkBegun"),
      },
    },
  },
  problems: [400, 404, 408, 413, 415, 422],
});

const FINISH = operation({
  operationId: "linkDropbox",
  tags: ["Service"],
  summary: "Finish linking a Dropbox account, with the code",
  description:
    "From then on every host delivers reports to this account, even if AGENTLINK_DELIVERY does not name dropbox. Requires an admin key.",
  body: { content: { "application/json": Finish } },
  responses: shown,
  problems: [400, 404, 408, 409, 413, 415, 422],
});

const UNLINK = operation({
  operationId: "unlinkDropbox",
  tags: ["Service"],
  summary: "Unlink the Dropbox account that was linked in the browser",
  description:
    "If the settings name an account, it is used again. Otherwise reports no longer go to Dropbox; if AGENTLINK_DELIVERY names dropbox, jobs wait. Requires an admin key.",
  responses: shown,
  problems: [404],
});
