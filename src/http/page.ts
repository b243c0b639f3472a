import { type Extra, PROTECTION } from "./answer.ts";
import { html, Markup } from "./html.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; } h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; } p { margin: .25rem 0; }
dl { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; }
dl div { min-width: 6rem; padding: .5rem .75rem; border: 1px solid #8886; border-radius: .5rem; }
dt { font-size: .85rem; } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { padding: .35rem .75rem .35rem 0; text-align: left; border-bottom: 1px solid #8884; vertical-align: top; }
form { margin: .75rem 0; } label { display: block; } input, button { font: inherit; padding: .35rem .6rem; }
input { width: min(30rem, 100%); box-sizing: border-box; }
`;

const POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${new Bun.CryptoHasher("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

/** A page for people, around its body. It runs no script, and its forms go nowhere but here. */
export function page(body: Markup, status = 200, extra: Extra = {}): Response {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgentLink</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>${body}</body>
</html>
`;
  const headers = { ...PROTECTION, "Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8" };
  return new Response(text, { status, headers: { ...headers, ...extra } });
}
