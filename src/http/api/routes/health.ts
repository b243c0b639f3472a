import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../../failure.ts";
import { withoutFolders } from "../../../views/views.ts";
import { messages } from "../../messages.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import type { Shared } from "../shared.ts";

const NO_DATA = messages.emptyService;

const RETRY_AFTER_MS = 5_000;

export const Alive = t.Object({ status: t.Literal("alive"), version: t.String() });

export const Ready = t.Object({
  status: t.Literal("ready"),
  version: t.String(),
  notes: t.Optional(
    t.Array(t.String(), { description: "Problems that do not stop the service, such as an empty catalogue" }),
  ),
});

/** For what watches the process; open to all, because they reveal nothing about jobs. */
export function healthRoutes({
  ready,
  version,
  access,
  connections,
  catalogue,
  hasOtherSource = false,
  folders = [],
}: Shared) {
  /** What prevents nothing from working, and an operator needs to know. */
  const notes = () => (!hasOtherSource && catalogue.isEmpty() ? { notes: [NO_DATA] } : {});
  const isAdmin = (request: Request): boolean => {
    try {
      return access.admit(request, connections.address(request)).scope === "admin";
    } catch {
      // Every caller may know what is public.
      return false;
    }
  };
  return new Elysia()
    .get("/livez", () => json<typeof Alive>({ status: "alive", version }), { detail: LIVE })
    .get(
      "/readyz",
      async ({ request }) => {
        const found = await ready();
        const shown = isAdmin(request) ? found : found.map((each) => withoutFolders(each, folders));
        if (shown.length === 0) return json<typeof Ready>({ status: "ready", version, ...notes() });
        const problems = shown.map((message) => ({ message }));
        const message = `${shown.join("; ")}.`;
        throw new Failure("not_ready", message, { retryAfterMs: RETRY_AFTER_MS, details: { problems } });
      },
      { detail: READY },
    );
}

const LIVE = operation({
  operationId: "live",
  tags: ["Service"],
  summary: "Check whether the process responds",
  open: true,
  responses: {
    200: {
      description: "The process responds",
      content: { "application/json": ref("Alive") },
    },
  },
});

const READY = operation({
  operationId: "ready",
  tags: ["Service"],
  summary: "Check whether the service can process jobs",
  description: "503 gives the reason; with an admin key it also names the folder, host or bucket.",
  open: true,
  responses: {
    200: {
      description: "The process responds",
      content: {
        "application/json": ref("Ready"),
      },
    },
  },
  problems: [503],
});
