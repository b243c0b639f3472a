/*
 * The OpenAPI document, made from the descriptions beside each route.
 * operation.ts has the form in which a route describes itself.
 * Not here: routes: they pass in their descriptions.
 */

import type { TSchema } from "@sinclair/typebox";
import { documented, type Operation, type SchemaName } from "./operation.ts";

/** A route as Elysia lists it. */
export interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
  readonly hooks: { readonly detail?: { readonly hide?: boolean } & Readonly<Record<string, unknown>> };
}

/** What the document is about. */
export interface About {
  readonly version: string;
  readonly publicUrl: string | null;
  readonly schemas: Readonly<Record<SchemaName, TSchema>>;
}

const SECURITY = {
  bearer: { type: "http", scheme: "bearer", description: "An API key, created with `agentlink keys create`" },
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "An API key, as with Authorization: Bearer" },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "agentlink_session",
    description: "Session of a browser that signed in; the cookie is __Host-agentlink_session with an https address",
  },
} as const;

/** The OpenAPI 3.1 document, put together from the promises beside the routes. */
export function openApiDocument(routes: readonly RegisteredRoute[], about: About) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, hooks } of routes) {
    if (hooks.detail?.hide) continue;
    if (hooks.detail === undefined) throw new Error(`${method} ${path} is not described`);
    const name = path.replace(/:(\w+)/g, "{$1}");
    paths[name] = { ...paths[name], [method.toLowerCase()]: documented(hooks.detail as unknown as Operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "AgentLink",
      version: about.version,
      summary: "Reports on the agents and agencies of a suburb, as PDFs",
      description:
        "Errors are problem documents (RFC 9457). Every response has an X-Request-Id: the request's own, if it " +
        "sent one. Responses to a key with a rate limit have RateLimit and RateLimit-Policy. A key has a scope: read (GET), " +
        "submit (also POST), viewer (GET, for the jobs of all clients), admin (everything) or metrics (only GET /metrics). Keys with read and submit see only the jobs of their client. A request with the wrong method gets 405 with Allow.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: about.publicUrl?.replace(/\/+$/, "") ?? "/" }],
    tags: [
      { name: "Reports", description: "Request reports" },
      { name: "Jobs", description: "Follow and manage jobs" },
      { name: "Data", description: "The data that reports are made from" },
      { name: "Service", description: "The service itself" },
      { name: "Keys", description: "API keys" },
    ],
    paths,
    // Any one of them; none for direct requests of the service's own machine while there are no keys.
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }, {}],
    components: { schemas: about.schemas, securitySchemes: SECURITY },
  };
}
