import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/access.ts";
import type { Pause } from "../../../queue/queue.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import { actorOf } from "../actor.ts";
import type { Shared } from "../shared.ts";

/** The queue held, and let go. */
export function queueRoutes({ queue, callbacks, admission }: Shared) {
  return new Elysia()
    .use(admission)
    .post(
      "/api/queue/pause",
      async ({ request, caller }) => {
        requireAdmin(caller);
        await queue.pause(actorOf(caller, request));
        return json({ paused: await queue.paused() } satisfies { paused: Pause | null });
      },
      { parse: "none", detail: PAUSE },
    )
    .post(
      "/api/queue/resume",
      async ({ request, caller }) => {
        requireAdmin(caller);
        await queue.resume(actorOf(caller, request));
        callbacks.wake();
        return json({ paused: await queue.paused() });
      },
      { parse: "none", detail: RESUME },
    );
}

const answers = { 200: { description: "How it is now", content: { "application/json": ref("Paused") } } } as const;

const PAUSE = operation({
  operationId: "pauseQueue",
  tags: ["Service"],
  summary: "Start nothing new",
  description:
    "On all hosts, also after a restart, until it is resumed. What runs goes on to its end, and requests are accepted. Needs an admin key.",
  answers,
});

const RESUME = operation({
  operationId: "resumeQueue",
  tags: ["Service"],
  summary: "Go on",
  description:
    "Jobs are begun again within a second. Where the service holds back all work because its data folder may be a copy, this says that it is the one to go on with. Needs an admin key.",
  answers,
});
