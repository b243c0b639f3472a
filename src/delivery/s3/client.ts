import { AwsV4Signer } from "aws4fetch";
import { sha256 } from "../../host/hash.ts";
import { type BucketAddress, objectUrl, redirectTarget } from "./address.ts";

export interface BucketOptions extends BucketAddress {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface BucketRequest {
  readonly method: "HEAD" | "GET" | "PUT" | "DELETE";
  /** Empty: the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface BucketResponse {
  /** 0: none came, or it broke off. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The service's own word for what is wrong, such as "NoSuchBucket", or why no response came; "" where there is none. */
  readonly code: string;
  /** A web page: whatever responded does not speak S3. */
  readonly isWebPage: boolean;
  /** Why none came. */
  readonly error?: unknown;
}

export interface BucketClient {
  /** Sends one signed request. Never rejects but for the signal's reason: an error might contain what was signed. */
  send(request: BucketRequest): Promise<BucketResponse>;
}

/** A bucket that was created elsewhere redirects once; a loop is a fault. */
const REDIRECTS = 3;
/**
 * One bucket of S3 or another service that speaks it. Signed in the header: keys of any letters, and nothing secret in
 * an address.
 */
export function openBucketClient(options: BucketOptions): BucketClient {
  const { region, bucket, accessKeyId, secretAccessKey } = options;
  const cache = new Map<string, ArrayBuffer>();

  async function sendTo(url: URL, { method, body, headers = {}, signal }: BucketRequest): Promise<Response> {
    const signed = await new AwsV4Signer({
      method,
      url: url.href,
      headers: {
        ...headers,
        "x-amz-content-sha256": sha256(body ?? ""),
      },
      ...(body && { body }),
      accessKeyId,
      secretAccessKey,
      service: "s3",
      region,
      cache,
    }).sign();
    // Not signed, because what is on the way may change it; packed, a file would have another length.
    signed.headers.set("accept-encoding", "identity");
    return fetch(url, { method, headers: signed.headers, ...(body && { body }), redirect: "manual", signal });
  }

  return {
    async send(request) {
      try {
        let url = objectUrl(options, request.key);
        for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
        for (let redirects = 0; ; redirects += 1) {
          const response = await sendTo(url, request);
          const { status, headers } = response;
          const isRedirect = status === 307 || status === 308 || status === 302;
          const next = isRedirect ? redirectTarget(url, headers.get("location"), bucket) : null;
          if (next !== null && redirects < REDIRECTS) {
            await response.body?.cancel();
            url = next;
            continue;
          }
          const body = await response.bytes();
          const text = body.byteLength < 100_000 ? Buffer.from(body).toString() : "";
          const code = /<Code>\s*(\w+)\s*<\/Code>/.exec(text)?.[1] ?? "";
          return { status, headers, body, code, isWebPage: /^text\/html\b/i.test(headers.get("content-type") ?? "") };
        }
      } catch (error) {
        request.signal.throwIfAborted();
        const { code = "" } = error as { readonly code?: string };
        return { status: 0, headers: new Headers(), body: new Uint8Array(), code, isWebPage: false, error };
      }
    },
  };
}
