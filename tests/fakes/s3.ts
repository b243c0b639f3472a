import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a/secret+key" };
const REGION = "eu-central-1";

/** `lost`: it was done, and its response does not come through. */
export type S3Fault = "503" | "500" | "reset" | "lost" | "stall";

/**
 * One bucket on loopback that checks every signature (AWS Signature Version 4, in a header), the hash of every body and
 * every condition. The bucket is in the path, below `base` where that is set, or in the host's name. A wrong region is
 * refused as AWS does.
 */
export class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  readonly requests: string[] = [];
  /** What was ever written, in order. */
  readonly writes: string[] = [];
  /** Awaited when a request has come whole, before anything is done; it is done whether its sender waits or not. */
  before: (method: string) => Promise<void> = async () => {};
  fault: (method: string) => S3Fault | null = () => null;
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string } = KEYS;
  region = REGION;
  denies = false;
  /** Has keys that may not list the bucket. */
  deniesList = false;
  /** Denied for these keys alone, as a policy by prefix does. */
  deniesKey: (key: string) => boolean = () => false;
  /** May not remove anything. */
  retainsAll = false;
  /** Knows no `If-None-Match` with a put: with 501 as Swift, with 400 as others. */
  refusesCondition: readonly [status: number, code: string] | null = null;
  /** Refuses whatever is put, for the service's own reason. */
  refusesPut: readonly [status: number, code: string] | null = null;
  /** Sends every request on with 307; null serves it. */
  redirect: (url: URL) => string | null = () => null;
  /** Another endpoint's bucket: 301, without an address to go to. */
  isElsewhere = false;
  quotaBytes = Number.POSITIVE_INFINITY;
  /** Of the service's clock. */
  aheadMs = 0;
  /** By so much the time of a signature may be off. */
  skewMs = 15 * 60_000;
  /** What is before the bucket in the path, such as "/s3". */
  base = "";
  retryAfter: string | null = null;
  /** As with encryption by a key of one's own: an ETag that is unrelated to the content. */
  opaqueTags = false;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  async start(hostname = "127.0.0.1"): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, hostname, resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  options() {
    return {
      ...KEYS,
      endpoint: `http://127.0.0.1:${this.port}${this.base}`,
      region: REGION,
      bucket: "reports",
    };
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const method = request.method ?? "";
    this.requests.push(method);
    await this.before(method);
    const fault = this.fault(method);
    if (fault === "reset") return void request.socket.destroy();
    if (fault === "stall") return;
    const slow = { ...error(503, "SlowDown"), ...(this.retryAfter && { headers: { "retry-after": this.retryAfter } }) };
    const result = fault === "503" ? slow : fault === "500" ? error(500, "InternalError") : null;
    const { status, body, headers }: Reply = result ?? this.response(request, Buffer.concat(chunks));
    if (fault === "lost") return void request.socket.destroy();
    response.writeHead(status, headers);
    response.end(method === "HEAD" ? undefined : body);
  }

  private response(request: IncomingMessage, body: Buffer): Reply {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const refused = this.checkSignature(signatureOf(request, url), request, body);
    if (refused !== null) return refused;
    const to = this.redirect(url);
    if (to !== null) return { ...error(307, "TemporaryRedirect"), headers: { location: to } };
    if (this.isElsewhere) return error(301, "PermanentRedirect");
    const below = url.hostname.startsWith("reports.")
      ? `/reports${url.pathname}`
      : url.pathname.slice(this.base.length);
    const [, bucket, ...rest] = below.split("/");
    if (bucket !== "reports") return error(404, "NoSuchBucket");
    const key = decodeURIComponent(rest.join("/"));
    if (this.denies || this.deniesKey(key)) return error(403, "AccessDenied");
    if (Buffer.byteLength(key) > 1_024) return error(400, "KeyTooLongError");
    if (key === "" && request.method === "GET") return this.list(url.searchParams);
    const object = this.objects.get(key);
    switch (request.method) {
      case "HEAD":
      case "GET":
        return object === undefined
          ? error(404, "NoSuchKey")
          : { status: 200, body: object, headers: this.headersOf(object) };
      case "PUT": {
        const md5 = request.headers["content-md5"];
        if (md5 !== undefined && md5 !== createHash("md5").update(body).digest("base64"))
          return error(400, "BadDigest");
        const condition = request.headers["if-none-match"];
        if (condition !== undefined && this.refusesCondition !== null) return error(...this.refusesCondition);
        if (this.refusesPut !== null) return error(...this.refusesPut);
        if (condition === "*" && object !== undefined) return error(412, "PreconditionFailed");
        if (body.length > this.quotaBytes) return error(403, "QuotaExceeded");
        this.objects.set(key, body);
        this.writes.push(key);
        return { status: 200, body: Buffer.alloc(0), headers: { etag: this.headersOf(body).etag } };
      }
      case "DELETE":
        if (this.retainsAll) return error(403, "AccessDenied");
        this.objects.delete(key);
        return { status: 204, body: Buffer.alloc(0), headers: {} };
      default:
        return error(405, "MethodNotAllowed");
    }
  }

  /** ListObjectsV2. */
  private list(query: URLSearchParams): Reply {
    if (this.deniesList) return error(403, "AccessDenied");
    if (query.get("list-type") !== "2") return error(501, "NotImplemented");
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? "")).toSorted();
    const contents = keys.map((key) => `<Contents><Key>${key.replaceAll("&", "&amp;")}</Key></Contents>`).join("");
    const body = `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`;
    return { status: 200, body: Buffer.from(body), headers: { "content-type": "application/xml" } };
  }

  private headersOf(object: Buffer) {
    const md5 = createHash("md5").update(object).digest("hex");
    return {
      etag: `"${this.opaqueTags ? "0".repeat(32) : md5}"`,
      "content-length": String(object.length),
      "content-type": "application/pdf",
    };
  }

  /** What is wrong, or null. */
  private checkSignature(
    { credential, date, canonical, loose, signature }: Signature,
    { headers }: IncomingMessage,
    body: Buffer,
  ): Reply | null {
    const parts = credential.split("/");
    const id = parts.slice(0, -4).join("/");
    const [day, region, service] = parts.slice(-4);
    if (headers.authorization === undefined || !headers.authorization.startsWith("AWS4-HMAC-SHA256 "))
      return error(400, "InvalidRequest");
    if (id !== this.keys.accessKeyId) return error(403, "InvalidAccessKeyId");
    if (region !== this.region || service !== "s3") {
      const { body: text, ...reply } = error(400, "AuthorizationHeaderMalformed", `<Region>${this.region}</Region>`);
      return { ...reply, body: text, headers: { ...reply.headers, "x-amz-bucket-region": this.region } };
    }
    if (loose.length > 0) return error(403, "AccessDenied");
    if (Math.abs(timeOf(date) - Date.now() - this.aheadMs) > this.skewMs)
      return {
        ...error(403, "RequestTimeTooSkewed"),
        headers: { date: new Date(Date.now() + this.aheadMs).toUTCString() },
      };
    if (headers["x-amz-content-sha256"] !== createHash("sha256").update(body).digest("hex"))
      return error(400, "XAmzContentSHA256Mismatch");
    const hash = createHash("sha256").update(canonical).digest("hex");
    const text = ["AWS4-HMAC-SHA256", date, `${day}/${region}/s3/aws4_request`, hash].join("\n");
    let key: Buffer | string = `AWS4${this.keys.secretAccessKey}`;
    for (const part of [day ?? "", this.region, "s3", "aws4_request", text])
      key = createHmac("sha256", key).update(part).digest();
    return Buffer.from(key).toString("hex") === signature ? null : error(403, "SignatureDoesNotMatch");
  }
}

interface Reply {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Record<string, string>;
}

interface Signature {
  readonly credential: string;
  readonly date: string;
  readonly canonical: string;
  /** Headers that had to be signed, and are not. */
  readonly loose: readonly string[];
  readonly signature: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html */
function signatureOf({ method, headers }: IncomingMessage, url: URL): Signature {
  const { authorization = "" } = headers;
  const given = (name: string) => new RegExp(`${name}=(.+?)(?:, |$)`).exec(authorization)?.[1] ?? "";
  const signed = given("SignedHeaders").split(";");
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join("&");
  const path = url.pathname
    .split("/")
    .map((name) => encode(decodeURIComponent(name)))
    .join("/");
  const canonical = [
    ...[method, path, query],
    ...signed.map((name) => `${name}:${headers[name]}`),
    ...["", signed.join(";"), String(headers["x-amz-content-sha256"])],
  ];
  const needed = [
    "host",
    ...Object.keys(headers).filter((name) => name.startsWith("x-amz-") || name === "content-md5"),
  ];
  return {
    credential: given("Credential"),
    date: String(headers["x-amz-date"]),
    canonical: canonical.join("\n"),
    loose: needed.filter((name) => !signed.includes(name)),
    signature: given("Signature"),
  };
}

/** "20260701T090000Z" in milliseconds. */
function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function error(status: number, code: string, more = ""): Reply {
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message/>${more}</Error>`;
  return { status, body: Buffer.from(text), headers: { "content-type": "application/xml" } };
}
