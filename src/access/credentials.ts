/** The secret a request shows, as `Authorization: Bearer` (RFC 6750) or `X-API-Key`; null without any. */
export function secretOf(headers: Headers): string | null {
  const authorization = headers.get("authorization");
  // Another scheme may be the proxy's own, and is none of ours.
  const bearer = authorization === null ? null : /^bearer(?:\s+(.*))?$/i.exec(authorization);
  if (bearer !== null) return (bearer[1] ?? "").trim();
  return headers.get("x-api-key")?.trim() ?? null;
}
