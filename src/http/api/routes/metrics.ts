import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/access.ts";
import { PROTECTION } from "../../answer.ts";
import { operation } from "../../openapi/operation.ts";
import type { Shared } from "../shared.ts";

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** What is measured, for Prometheus. */
export function metricsRoutes({ metrics, admission }: Shared) {
  return new Elysia().use(admission).get(
    "/metrics",
    async ({ caller }) => {
      requireAdmin(caller);
      return new Response(await metrics(), { headers: { ...PROTECTION, "Content-Type": TYPE } });
    },
    { detail: METRICS },
  );
}

const METRICS = operation({
  operationId: "metrics",
  tags: ["Service"],
  summary: "What is measured, as Prometheus reads it",
  description: "Needs an admin key; docs/monitoring.md says how Prometheus sends one, and what each metric is.",
  answers: { 200: { description: "The metrics", content: { "text/plain": { type: "string" } } } },
});
