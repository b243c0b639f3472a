import { createHash } from "node:crypto";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import type { Job, ReportFile } from "../queue/job.ts";
import type { Delivery } from "./delivery.ts";
import { CLOCK, type Clock, createGate, type Gate } from "./gate.ts";
import { type Place, putOnce } from "./once.ts";
import { deliveryPath } from "./path.ts";

export interface S3Options {
  /** null: AWS itself, in the region. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Reports go below this prefix; "" is the bucket's top. */
  readonly prefix: string;
  /** Where the reports' paths begin. */
  readonly dataDir: string;
  readonly onTrouble?: (trouble: string | null) => void;
  readonly requestTimeoutMs?: number;
  readonly clock?: Clock;
}

const TIMEOUT_MS = 2 * 60_000;
const SENDS = 3;
const SEND_AGAIN_MS = 250;
const PAUSE_MS = 5_000;
/** A signed address is used at once. */
const SIGNED_FOR_SECONDS = 15 * 60;
/** The most one PUT may carry. */
const MAX_BYTES = 5 * 2 ** 30;

/** Keys that are wrong or may not do this: nothing will work until an operator has put them right. */
export const CREDENTIALS: ReadonlySet<string> = new Set([
  "AccessDenied",
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "InvalidToken",
  "RequestTimeTooSkewed",
  "Unauthorized",
  "AccountProblem",
]);

/**
 * Delivers into a bucket of AWS S3, Cloudflare R2, Hetzner, MinIO or another that speaks S3. Bun's client signs the
 * requests; they are sent from here, because a PUT has to say "only where nothing is" (`If-None-Match: *`) and to carry
 * its MD5, which the client's own methods cannot.
 */
export function createS3Delivery(options: S3Options): Delivery {
  const { prefix, dataDir, clock = CLOCK } = options;
  const gate = createGate({ clock, ...(options.onTrouble && { onTrouble: options.onTrouble }) });
  const send = openBucket(options, gate, clock);

  return {
    target: "s3",
    pathFor: (job) => [...prefix.split("/").filter((name) => name !== ""), deliveryPath(job)].join("/"),
    shut: gate.shut,
    trouble: async () => gate.trouble(),

    async deliver(job: Job, report: ReportFile, path: string, signal: AbortSignal) {
      gate.enter();
      const content = await readReport(dataDir, report);
      const key = await putOnce(job, path, placeInBucket(send, content, report, signal), signal);
      gate.worked();
      return { to: `s3://${options.bucket}/${key}`, url: null };
    },
  };
}

type Method = "HEAD" | "GET" | "PUT";
type Send = (
  method: Method,
  key: string,
  signal: AbortSignal,
  put?: { readonly content: Uint8Array<ArrayBuffer>; readonly md5: string },
) => Promise<{ readonly status: number; readonly headers: Headers; readonly body: Uint8Array }>;

function placeInBucket(send: Send, content: Uint8Array<ArrayBuffer>, report: ReportFile, signal: AbortSignal): Place {
  const md5 = createHash("md5").update(content).digest();
  return {
    async look(key) {
      const { status, headers } = await send("HEAD", key, signal);
      if (status === 404) return "nothing";
      if (Number(headers.get("content-length")) !== content.byteLength) return "something else";
      if (headers.get("etag")?.replaceAll('"', "") === md5.toString("hex")) return "this report";
      // An ETag is the MD5 only of an object that was put in one piece and not encrypted with a key of its own.
      const { body } = await send("GET", key, signal);
      return createHash("sha256").update(body).digest("hex") === report.sha256 ? "this report" : "something else";
    },
    async put(key) {
      const { status } = await send("PUT", key, signal, { content, md5: md5.toString("base64") });
      // 412: something is there. 409: another writes it at this moment.
      return status === 200;
    },
  };
}

function openBucket(options: S3Options, gate: Gate, clock: Clock): Send {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey, requestTimeoutMs = TIMEOUT_MS } = options;
  const signer = new Bun.S3Client({
    bucket,
    region,
    accessKeyId,
    secretAccessKey,
    ...(endpoint === null ? {} : { endpoint }),
  });

  return async (method, key, signal, put) => {
    for (let sends = 1; ; sends += 1) {
      await gate.pass(signal);
      let status = 0;
      let said = "";
      try {
        const answer = await fetch(signer.presign(key, { method, expiresIn: SIGNED_FOR_SECONDS }), {
          method,
          redirect: "manual",
          signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
          ...(put && {
            body: put.content,
            headers: { "if-none-match": "*", "content-md5": put.md5, "content-type": "application/pdf" },
          }),
        });
        const body = await answer.bytes();
        status = answer.status;
        if (isExpected(method, status)) {
          gate.answered();
          return { status, headers: answer.headers, body };
        }
        said = /<Code>(\w+)<\/Code>/.exec(Buffer.from(body).toString())?.[1] ?? "";
        if (status === 503 || status === 429 || said === "SlowDown") {
          const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
          const pauseMs = Number.isFinite(seconds) ? seconds * 1_000 : PAUSE_MS;
          gate.pause(pauseMs, "s3_busy", `the bucket ${bucket} asks to be left alone (${said || status})`);
          if (sends < SENDS) continue;
        }
      } catch {
        // Told below without the error, which may hold the signed address.
        signal.throwIfAborted();
      }
      if (status === 0 || status >= 500 || status === 429 || status === 408 || said === "RequestTimeout") {
        const failure = gate.unanswered(
          "s3_unreachable",
          `the bucket ${bucket} does not answer (${said || status || "no answer"})`,
          undefined,
        );
        if (sends === SENDS) throw failure;
        await clock.sleep(SEND_AGAIN_MS * 2 ** sends, signal);
        continue;
      }
      gate.answered();
      throw explain(status, said, bucket, key, gate);
    }
  };
}

function isExpected(method: Method, status: number): boolean {
  if (method === "PUT") return status === 200 || status === 412 || status === 409;
  return status === 200 || (method === "HEAD" && status === 404);
}

function explain(status: number, code: string, bucket: string, key: string, gate: Gate): Failure {
  const said = code || `HTTP ${status}`;
  // An answer to HEAD has no body: its status has to do.
  if (CREDENTIALS.has(code) || status === 401 || status === 403)
    return gate.refuse(
      `the bucket ${bucket} refuses these keys (${said}): correct AGENTLINK_S3_ACCESS_KEY_ID, AGENTLINK_S3_SECRET_ACCESS_KEY and AGENTLINK_S3_REGION, allow them GetObject, PutObject and ListBucket, and check this machine's clock`,
    );
  if (code === "NoSuchBucket" || (status >= 300 && status < 400))
    return new Failure(
      "s3_bucket",
      `there is no bucket ${bucket} here (${said}): correct AGENTLINK_S3_BUCKET, AGENTLINK_S3_ENDPOINT and AGENTLINK_S3_REGION, then retry the job`,
    );
  if (code === "BadDigest")
    return new Failure("s3_refused", `${key} was damaged on its way to the bucket`, { transient: true });
  return new Failure("s3_refused", `the bucket ${bucket} refuses ${key} (${said})`);
}

async function readReport(dataDir: string, report: ReportFile): Promise<Uint8Array<ArrayBuffer>> {
  const source = Bun.file(join(dataDir, report.path));
  if (!(await source.exists()))
    throw new Failure("report_gone", `the report ${report.path} is gone from the data folder: post the job again`);
  if (source.size > MAX_BYTES) throw new Failure("delivery_path", `the report ${report.path} is too large for one PUT`);
  const content = await source.bytes();
  if (createHash("sha256").update(content).digest("hex") !== report.sha256)
    throw new Failure("report_damaged", `the report ${report.path} is not as it was rendered: post the job again`);
  return content;
}
