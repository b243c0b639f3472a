import { Elysia } from "elysia";
import { operation } from "../../openapi/operation.ts";
import { PROTECTION } from "../../response.ts";
import type { Shared } from "../shared.ts";

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** What is measured, for Prometheus. */
export function metricsRoutes({ metrics, access, connections }: Shared) {
  return new Elysia().get(
    "/metrics",
    async ({ request }) => {
      access.admit(request, connections.address(request), "metrics");
      return new Response(await metrics(), { headers: { ...PROTECTION, "Content-Type": TYPE } });
    },
    { detail: METRICS },
  );
}

const METRICS = operation({
  operationId: "metrics",
  tags: ["Service"],
  summary: "Get the metrics in Prometheus format",
  description:
    "Requires a key with the scope metrics, viewer or admin. docs/monitoring.md describes every metric, and how Prometheus sends the key.",
  responses: { 200: { description: "The metrics", content: { "text/plain": { type: "string" } } } },
});
