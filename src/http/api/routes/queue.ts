import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/caller.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import { actorOf } from "../audited.ts";
import type { Paused } from "../overview.ts";
import type { Shared } from "../shared.ts";

/** Pause and resume the queue. */
export function queueRoutes({ queue, callbacks, admission }: Shared) {
  return new Elysia()
    .use(admission)
    .post(
      "/api/queue/pause",
      async ({ request, caller }) => {
        requireAdmin(caller);
        await queue.pause(actorOf(caller, request));
        return json<typeof Paused>({ paused: await queue.paused() });
      },
      { parse: "none", detail: PAUSE },
    )
    .post(
      "/api/queue/resume",
      async ({ request, caller }) => {
        requireAdmin(caller);
        await queue.resume(actorOf(caller, request));
        callbacks.wake();
        return json<typeof Paused>({ paused: await queue.paused() });
      },
      { parse: "none", detail: RESUME },
    );
}

const pausedResponse = {
  200: { description: "The state of the queue", content: { "application/json": ref("Paused") } },
} as const;

const PAUSE = operation({
  operationId: "pauseQueue",
  tags: ["Service"],
  summary: "Pause the queue",
  description:
    "No job starts on any host, even after a restart, until the queue is resumed. Running jobs finish, and requests are accepted. Requires an admin key.",
  responses: pausedResponse,
});

const RESUME = operation({
  operationId: "resumeQueue",
  tags: ["Service"],
  summary: "Resume the queue",
  description:
    "Jobs start again within a second. If the service has stopped all work because its data folder may be a copy, this confirms that this is the folder to use. Requires an admin key.",
  responses: pausedResponse,
});
