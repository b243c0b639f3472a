/**
 * What every answer carries: nothing of it is guessed, framed, cached or read by another site. Answers that may be
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

/** An answer in JSON. */
export function json(value: unknown, extra?: Extra, status = 200): Response {
  const response = new Response(JSON.stringify(value), { status, headers: JSON_HEADERS });
  for (const name in extra) response.headers.set(name, extra[name] ?? "");
  return response;
}

/** Whole seconds for `Retry-After`, at least 1: a client that comes back a little late asks once, one that comes early twice. */
export function retryAfter(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1_000)));
}
