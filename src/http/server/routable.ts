/** What a Host header may hold (RFC 9110, section 7.2): a name or an address, and a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[\w.~-]+)(:\d{1,5})?$/i;
/** Elysia looks for the path from the eleventh character on: "http://" and a host of at least four. */
const ROUTED_FROM = 11;
const PADDING = "short.invalid";

/**
 * The request as the router can read it: its URL is absolute, and its path begins behind the eleventh character. A host of
 * one to three letters, and one that HTTP/1.0 leaves out, are replaced in the URL, and stay as they are in the header:
 * the router would else take a later part of the path for the path. Null: the Host header is none that may be sent, or
 * there are two (RFC 9112, section 3.2).
 */
export function routable(request: Request): Request | null {
  const { url } = request;
  const host = request.headers.get("host") ?? "";
  if (host !== "" && !HOST.test(host)) return null;
  const path = url.indexOf("/", "http://".length);
  if (url.startsWith("http") && path >= ROUTED_FROM) return request;
  const behind = url.startsWith("/") ? url : url.slice(path);
  return new Request(new URL(`http://${PADDING}${behind}`), request);
}
