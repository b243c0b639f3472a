/** Where a bucket is. */
export interface BucketAddress {
  /** null: AWS itself, in the region. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
}

/**
 * The address of an object. The bucket is in the path, but in the host's name where the endpoint has it there already
 * ("https://reports.s3.example.com") and on AWS; an endpoint whose path ends with it ("https://…/reports", as Cloudflare
 * shows it) has it once. Every byte of the key that is not plain is encoded as the signature requires (RFC 3986).
 */
export function objectUrl({ endpoint, region, bucket }: BucketAddress, key: string): URL {
  const path = encodedKey(key);
  if (endpoint === null) {
    const host = `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
    // A dot in the name is not covered by the certificate.
    return new URL(bucket.includes(".") ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`);
  }
  const { origin, hostname, pathname } = new URL(endpoint);
  const base = pathname.replace(/\/+$/, "");
  const isInside = hostname.startsWith(`${bucket}.`) || base.endsWith(`/${bucket}`);
  return new URL(`${origin}${base}${isInside ? "" : `/${encodeStrictly(bucket)}`}/${path}`);
}

/** A key as it is in an address. */
export function encodedKey(key: string): string {
  return key.split("/").map(encodeStrictly).join("/");
}

/**
 * Where a redirect of a request to the bucket may lead: to the same machine, or to the bucket at another address of the
 * same service ("reports.s3-eu-west-1.amazonaws.com"). A signature is a secret: no other host gets one. Null for
 * any other address, and from https to http.
 */
export function redirectTarget(from: URL, location: string | null, bucket: string): URL | null {
  const to = location !== null && URL.canParse(location, from) ? new URL(location, from) : null;
  if (to === null || !/^https?:$/.test(to.protocol) || (from.protocol === "https:" && to.protocol === "http:"))
    return null;
  if (to.username !== "" || to.password !== "") return null;
  if (to.hostname === from.hostname) return to;
  const isTheBucket = to.hostname.startsWith(`${bucket}.`) || to.pathname.startsWith(`/${bucket}/`);
  return isTheBucket && domainOf(to.hostname) === domainOf(from.hostname) ? to : null;
}

/**
 * The last labels of a host's name, three where the last two are short ("example.com.au", "amazonaws.com.cn"); an
 * address is its own.
 */
function domainOf(hostname: string): string {
  if (/^[\d.]+$|:/.test(hostname)) return hostname;
  const labels = hostname.split(".");
  const isShort = (labels.at(-1)?.length ?? 0) === 2 && (labels.at(-2)?.length ?? 0) <= 3;
  return labels.slice(isShort ? -3 : -2).join(".");
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
