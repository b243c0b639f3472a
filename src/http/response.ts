import type { TSchema } from "@sinclair/typebox";
import type { Viewed } from "../views/nullable.ts";

/**
 * What every response carries: nothing of it is guessed, framed, cached or read by another site. Responses that may be
 * cached, or that run scripts, replace the header in question.
 */
export const PROTECTION = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

// Copied by each Response, which is cheaper than to put the same names together again.
export const JSON_HEADERS = new Headers({ ...PROTECTION, "Content-Type": "application/json" });

export type Extra = Readonly<Record<string, string>>;

/** The bodies of responses that are known whole. */
const texts = new WeakMap<Response, string>();

/** Stores the body of a response with it, to be sent in another form. */
export function whole(response: Response, text: string): Response {
  texts.set(response, text);
  return response;
}

/** The body of a response that is known whole; undefined for a stream or a file. */
export function textOf(response: Response): string | undefined {
  return texts.get(response);
}

/**
 * A response in JSON. The caller names its schema, `json<typeof JobDetail>(…)`, and the compiler checks the value: without one
 * nothing fits.
 */
export function json<Schema extends TSchema = never>(value: Viewed<Schema>, extra?: Extra, status = 200): Response {
  const text = JSON.stringify(value);
  const response = new Response(text, { status, headers: JSON_HEADERS });
  for (const name in extra) response.headers.set(name, extra[name] ?? "");
  return whole(response, text);
}
