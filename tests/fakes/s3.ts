import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a/secret+key" };
const REGION = "eu-central-1";

/** `lost`: it was done, and its answer does not come through. */
export type S3Fault = "503" | "500" | "reset" | "lost" | "stall";

/** One bucket on loopback that checks every signature (AWS Signature Version 4, in the query or a header) and every condition. */
export class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  readonly requests: string[] = [];
  /** What was ever written, in order. */
  readonly writes: string[] = [];
  fault: (method: string) => S3Fault | null = () => null;
  keys = KEYS;
  denies = false;
  /** As with encryption by a key of one's own: an ETag that says nothing of the content. */
  opaqueTags = false;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  options() {
    const { port } = this.server.address() as AddressInfo;
    return { ...KEYS, endpoint: `http://127.0.0.1:${port}`, region: REGION, bucket: "reports" };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const method = request.method ?? "";
    this.requests.push(method);
    const fault = this.fault(method);
    if (fault === "reset") return void request.socket.destroy();
    if (fault === "stall") return;
    const answer = fault === "503" ? error(503, "SlowDown") : fault === "500" ? error(500, "InternalError") : null;
    const { status, body, headers } = answer ?? this.answer(request, Buffer.concat(chunks));
    if (fault === "lost") return void request.socket.destroy();
    response.writeHead(status, headers);
    response.end(method === "HEAD" ? undefined : body);
  }

  private answer(request: IncomingMessage, body: Buffer) {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const refused = this.checkSignature(signatureOf(request, url));
    if (refused !== null) return error(403, refused);
    const [, bucket, ...rest] = url.pathname.split("/");
    if (bucket !== "reports") return error(404, "NoSuchBucket");
    const key = decodeURIComponent(rest.join("/"));
    if (this.denies) return error(403, "AccessDenied");
    const object = this.objects.get(key);
    switch (request.method) {
      case "HEAD":
      case "GET":
        return object === undefined
          ? error(404, "NoSuchKey")
          : { status: 200, body: object, headers: this.headersOf(object) };
      case "PUT": {
        // A delivery says its MD5; Bun's own client, which signs in a header, has no way to.
        if (
          request.headers.authorization === undefined &&
          request.headers["content-md5"] !== createHash("md5").update(body).digest("base64")
        )
          return error(400, "BadDigest");
        if (request.headers["if-none-match"] === "*" && object !== undefined) return error(412, "PreconditionFailed");
        this.objects.set(key, body);
        this.writes.push(key);
        return { status: 200, body: Buffer.alloc(0), headers: { etag: this.headersOf(body).etag } };
      }
      case "DELETE":
        this.objects.delete(key);
        return { status: 204, body: Buffer.alloc(0), headers: {} };
      default:
        return error(405, "MethodNotAllowed");
    }
  }

  private headersOf(object: Buffer) {
    const md5 = createHash("md5").update(object).digest("hex");
    return {
      etag: `"${this.opaqueTags ? "0".repeat(32) : md5}"`,
      "content-length": String(object.length),
      "content-type": "application/pdf",
    };
  }

  /** The code of what is wrong, or null. */
  private checkSignature({ credential, date, canonical, loose, signature }: Signature): string | null {
    const [id, day, region, service] = credential.split("/");
    if (id !== this.keys.accessKeyId) return "InvalidAccessKeyId";
    if (region !== REGION || service !== "s3") return "AuthorizationQueryParametersError";
    if (loose.length > 0) return "AccessDenied";
    const hash = createHash("sha256").update(canonical).digest("hex");
    const text = ["AWS4-HMAC-SHA256", date, `${day}/${region}/s3/aws4_request`, hash].join("\n");
    let key: Buffer | string = `AWS4${this.keys.secretAccessKey}`;
    for (const part of [day ?? "", REGION, "s3", "aws4_request", text])
      key = createHmac("sha256", key).update(part).digest();
    return Buffer.from(key).toString("hex") === signature ? null : "SignatureDoesNotMatch";
  }
}

interface Signature {
  readonly credential: string;
  readonly date: string;
  readonly canonical: string;
  /** Headers that had to be signed, and are not. */
  readonly loose: readonly string[];
  readonly signature: string;
}

/**
 * In the query: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * In a header: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
function signatureOf({ method, headers }: IncomingMessage, url: URL): Signature {
  const query = url.searchParams;
  const { authorization } = headers;
  const inHeader = (name: string) => new RegExp(`${name}=([^, ]+)`).exec(authorization ?? "")?.[1] ?? "";
  const given = (name: string) => (authorization === undefined ? (query.get(`X-Amz-${name}`) ?? "") : inHeader(name));
  const signed = given("SignedHeaders").split(";");
  const canonicalQuery = [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join("&");
  const canonical = [
    ...[method, url.pathname, canonicalQuery],
    ...signed.map((name) => `${name}:${headers[name]}`),
    ...["", signed.join(";"), String(headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD")],
  ];
  return {
    credential: given("Credential"),
    date: authorization === undefined ? given("Date") : String(headers["x-amz-date"]),
    canonical: canonical.join("\n"),
    loose: Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signed.includes(name)),
    signature: given("Signature"),
  };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function error(status: number, code: string) {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message/></Error>`);
  return { status, body, headers: { "content-type": "application/xml" } };
}
