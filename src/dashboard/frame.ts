import { type Extra, PROTECTION } from "../http/response.ts";
import type { Bundle } from "./bundle.ts";
import type { PageName } from "./client/addresses.ts";
import { html, type Markup } from "./html.ts";

/** A page for people. */
export interface PageFrame {
  readonly title: string;
  readonly body: Markup;
  /** From the page's address to where the service is: addresses are relative, so that they work behind a proxy that adds a prefix. */
  readonly toRoot: string;
  /** The data for the script of the dashboard; null for a page that runs no script but the theme's. */
  readonly viewer: unknown;
  /** The page of the dashboard that is shown: its files are requested with the script, not after it. */
  readonly shows?: PageName;
}

/** Everything comes from this service, and nothing is inline: no foreign script or style could run. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; " +
  "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export function framed(
  { title, body, toRoot, viewer, shows }: PageFrame,
  bundle: Bundle,
  status = 200,
  extra: Extra = {},
): Response {
  const asset = (name: string) => `${toRoot}assets/${name}`;
  const { text } = html`<!doctype html>
<html lang="en" data-viewer="${viewer === null ? "" : JSON.stringify(viewer)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${asset(bundle.icon)}">
<link rel="stylesheet" href="${asset(bundle.styles)}">
<script src="${asset(bundle.theme)}"></script>
${viewer === null ? "" : html`<script src="${asset(bundle.script)}" type="module"></script>`}
${shows === undefined ? "" : bundle.pages[shows].map((name) => html`<link rel="modulepreload" href="${asset(name)}">`)}
</head>
<body>${body}</body>
</html>
`;
  const headers = {
    ...PROTECTION,
    "Content-Security-Policy": POLICY,
    "Content-Type": "text/html; charset=utf-8",
    // With no-referrer a browser sends the forms of the page as from "null" (Fetch, section 3.2), which is always refused.
    "Referrer-Policy": "same-origin",
  };
  return new Response(text, { status, headers: { ...headers, ...extra } });
}

/** Whether a person in a browser opens the address, or sends a form: a page's script requests JSON. */
export function isNavigation({ headers }: Request): boolean {
  const mode = headers.get("sec-fetch-mode");
  return (headers.get("accept")?.includes("text/html") ?? false) && (mode === null || mode === "navigate");
}

/** From the address of a request up to where the service is: "" for one at its top, "../" for each folder below. */
export function pathToRoot({ url }: Request): string {
  return "../".repeat(Math.max(0, new URL(url).pathname.split("/").length - 2));
}
