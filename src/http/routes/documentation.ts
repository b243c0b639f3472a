import { Elysia } from "elysia";
import swaggerStyle from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import swaggerScript from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };
import { PROTECTION, whole } from "../answer.ts";
import { operation } from "../openapi/operation.ts";
import type { Shared } from "../shared.ts";

/**
 * The API, for programs and for people. Everything the page needs comes from this binary, and its policy lets it load
 * nothing else. Its styles alone may stand in the page, because Swagger UI writes them there.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The addresses are relative to /docs, so that they hold behind a proxy that puts a folder before them.
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgentLink API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  supportedSubmitMethods: ["get", "post", "put"],
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
`;

/** `document` is asked once, when all routes are known. */
export function documentationRoutes(shared: Shared, document: () => unknown) {
  let written: string | undefined;
  const asset = (body: string | Blob, type: string) =>
    new Response(body, { headers: { ...PROTECTION, "Cache-Control": "no-cache", "Content-Type": type } });

  return new Elysia()
    .use(shared.admission)
    .get(
      "/openapi.json",
      () => {
        written ??= JSON.stringify(document());
        return whole(asset(written, "application/json"), written);
      },
      { detail: DOCUMENT },
    )
    .get(
      "/docs",
      () =>
        new Response(PAGE, {
          headers: { ...PROTECTION, "Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8" },
        }),
      { detail: DOCS },
    )
    .get("/docs/start.js", () => asset(START, "text/javascript; charset=utf-8"), { detail: { hide: true } })
    .get("/docs/swagger-ui.js", () => asset(Bun.file(swaggerScript), "text/javascript; charset=utf-8"), {
      detail: { hide: true },
    })
    .get("/docs/swagger-ui.css", () => asset(Bun.file(swaggerStyle), "text/css; charset=utf-8"), {
      detail: { hide: true },
    });
}

const DOCUMENT = operation({
  operationId: "openApi",
  tags: ["Service"],
  summary: "This document",
  answers: { 200: { description: "OpenAPI 3.1", content: { "application/json": { type: "object" } } } },
});

const DOCS = operation({
  operationId: "docs",
  tags: ["Service"],
  summary: "This document, for people",
  answers: { 200: { description: "A page", content: { "text/html": { type: "string" } } } },
});
