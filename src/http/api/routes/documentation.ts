import { Elysia } from "elysia";
import swaggerStyle from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import swaggerScript from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };
import { readPacked } from "../../../host/files/packed.ts";
import { operation } from "../../openapi/operation.ts";
import { PROTECTION, whole } from "../../response.ts";
import type { Shared } from "../shared.ts";

/**
 * The API, for programs and for people. Everything the page needs comes from this binary, and its policy lets it load
 * nothing else. Its styles alone may be in the page, because Swagger UI writes them there.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The addresses are relative to /docs, so that they work behind a proxy that adds a prefix.
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgentLink API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/contrast.css">
</head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/**
 * Swagger UI's colours where they are too faint to read (WCAG 2.2, 1.4.3: 4.5 to 1 on their ground), and its width on a
 * phone. Those it writes into the page itself need the force.
 */
const CONTRAST = `
.swagger-ui .info .title small { background: #424a53; }
.swagger-ui .info .title small.version-stamp { background: #1e6b45; }
.swagger-ui .info .title small pre.version { color: #fff; }
.swagger-ui .info a, .swagger-ui a.link, .swagger-ui a.nostyle, .swagger-ui .info .url, .swagger-ui .renderedMarkdown a { color: #1d4f91; }
.swagger-ui .btn.authorize { color: #1e6b45; border-color: #1e6b45; }
.swagger-ui .btn.authorize svg { fill: #1e6b45; }
.swagger-ui .btn.cancel, .swagger-ui .prop-format, .swagger-ui .parameter__type, .swagger-ui .parameter__in, .swagger-ui .model .property.primitive { color: #424a53; }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #1e6b45; }
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1d4f91; }
.swagger-ui .opblock.opblock-put .opblock-summary-method { background: #8a4b00; }
.swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #0b5f66; }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #b3261e; }
.swagger-ui .opblock .opblock-summary-method { text-shadow: none; }
.swagger-ui .opblock .opblock-summary-description, .swagger-ui .opblock-tag small, .swagger-ui section.models h4, .swagger-ui .model-title, .swagger-ui .model-toggle, .swagger-ui .response-col_links, .swagger-ui .prop-type, .swagger-ui .model { color: #24292f; }
.swagger-ui .prop-type { color: #4b3fa7; }
.swagger-ui .json-schema-2020-12-expand-deep-button { color: #24292f; }
.swagger-ui .btn.execute { background: #1d4f91; border-color: #1d4f91; }
.swagger-ui .microlight, .swagger-ui .highlight-code pre { color: #fff !important; background: #24292f !important; }
.swagger-ui .parameter__name.required::after, .swagger-ui .parameter__name.required span { color: #b3261e; }
.swagger-ui .opblock .opblock-summary-path, .swagger-ui .info .title { overflow-wrap: anywhere; }
@media (max-width: 719px) {
  .swagger-ui .wrapper { padding: 0 12px; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .try-out.btn-group, .swagger-ui .opblock-section-header { flex-wrap: wrap; }
  .swagger-ui .response-col_links { display: none; }
  .swagger-ui table.responses-table, .swagger-ui table.parameters { table-layout: fixed; width: 100%; }
  .swagger-ui .response-col_status { width: 4rem; padding-right: 0.5rem; }
  .swagger-ui .opblock-body { overflow-wrap: anywhere; }
  .swagger-ui .opblock-body select, .swagger-ui .opblock-body textarea, .swagger-ui .opblock-body input { max-width: 100%; min-width: 0; }
}
`;

const START = `SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  supportedSubmitMethods: ["get", "post", "put"],
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  syntaxHighlight: false,
});

// What Swagger UI lacks for users of a keyboard or a screen reader, added whenever it has rendered.
const named = { "select#servers": "Server", "textarea.body-param__text": "Request body" };
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
function putRight() {
  for (const [selector, name] of Object.entries(named))
    for (const each of document.querySelectorAll(selector)) each.setAttribute("aria-label", name);
  for (const each of document.querySelectorAll("#api select:not([aria-label]), #api input:not([aria-label]), #api textarea:not([aria-label])"))
    if (each.labels.length === 0) each.setAttribute("aria-label", each.getAttribute("placeholder") || each.title || "Value");
  // Links inside buttons: the button does the same.
  for (const each of document.querySelectorAll("button a[href]")) each.removeAttribute("href");
  for (const each of document.querySelectorAll("#api pre")) each.tabIndex = 0;
  const regions = { ".information-container": "About this API", ".schemes-server-container": "Servers" };
  for (const [selector, name] of Object.entries(regions))
    for (const each of document.querySelectorAll("#api " + selector)) set(each, { role: "region", "aria-label": name });
  // Under a heading of one level comes one of the next.
  for (const [tag, level] of Object.entries({ "h3.opblock-tag": 2, h4: 3, h5: 4 }))
    for (const each of document.querySelectorAll("#api " + tag)) set(each, { role: "heading", "aria-level": level });
}
let waiting = false;
new MutationObserver(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    putRight();
  });
}).observe(document.getElementById("api"), { childList: true, subtree: true });
`;

/** `document` is called once, when all routes are known. */
export function documentationRoutes(shared: Shared, document: () => unknown) {
  /** Written by what `documentationRoutes` returns. */
  let written: string | undefined;
  const asset = (body: string | Uint8Array<ArrayBuffer>, type: string) =>
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
    .get("/docs/contrast.css", () => asset(CONTRAST, "text/css; charset=utf-8"), { detail: { hide: true } })
    .get("/docs/start.js", () => asset(START, "text/javascript; charset=utf-8"), { detail: { hide: true } })
    .get("/docs/swagger-ui.js", () => asset(readPacked(swaggerScript), "text/javascript; charset=utf-8"), {
      detail: { hide: true },
    })
    .get("/docs/swagger-ui.css", () => asset(readPacked(swaggerStyle), "text/css; charset=utf-8"), {
      detail: { hide: true },
    });
}

const DOCUMENT = operation({
  operationId: "openApi",
  tags: ["Service"],
  summary: "Get this document",
  responses: { 200: { description: "OpenAPI 3.1", content: { "application/json": { type: "object" } } } },
});

const DOCS = operation({
  operationId: "docs",
  tags: ["Service"],
  summary: "Show this document as a web page",
  responses: { 200: { description: "A page", content: { "text/html": { type: "string" } } } },
});
