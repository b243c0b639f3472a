import { Elysia } from "elysia";
import { requireSeesAll, seesSurroundings } from "../../../access/caller.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import { disclosedOverview, type Overview, overviewOf } from "../overview.ts";
import type { Shared } from "../shared.ts";

/** How the service is, for the dashboard and others that watch it. */
export function overviewRoutes(shared: Shared) {
  return new Elysia().use(shared.admission).get(
    "/api/overview",
    async ({ caller }) => {
      requireSeesAll(caller);
      await shared.turns.next();
      const overview = await overviewOf(shared);
      return json<typeof Overview>(disclosedOverview(overview, seesSurroundings(caller), shared.folders ?? []));
    },
    { detail: OVERVIEW },
  );
}

const OVERVIEW = operation({
  operationId: "overview",
  tags: ["Service"],
  summary: "Show the state of the service: queue, running jobs, memory, disk, deliveries, callbacks",
  description:
    "Requires a viewer or admin key; only an admin sees the reasons for problems, which name hosts and folders.",
  responses: { 200: { description: "The overview", content: { "application/json": ref("Overview") } } },
});
