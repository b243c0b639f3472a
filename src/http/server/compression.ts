import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import { textOf } from "../response.ts";

const JSON_TYPE = "application/json";
const inThread = promisify(gzip);

/** What fits into a packet gains nothing. */
const LEAST_CHARACTERS = 1_400;
/** Up to here it takes less time than to pass it to another thread. */
const AT_ONCE_CHARACTERS = 16_384;
/** Nearly as small as the usual one, in a third of the time. */
const LEVEL = { level: 3 } as const;

/**
 * The response as the client reads it: JSON gzipped where it takes that and it is worth it. A long one is compressed
 * piece by piece, as it is read; streams of events and files go out as they are. No response contains a secret beside
 * words that another site's page could choose (the session is a cookie, keys are shown once, by the command line), so
 * its length reveals nothing (BREACH).
 */
export async function compressed(request: Request, response: Response): Promise<Response> {
  const text = textOf(response);
  const isLong = text === undefined && response.headers.get("content-type") === JSON_TYPE;
  if (!isLong && (text === undefined || text.length < LEAST_CHARACTERS)) return response;
  response.headers.append("Vary", "Accept-Encoding");
  if (request.method === "HEAD" || !takesGzip(request.headers.get("accept-encoding") ?? "")) return response;
  const body = text === undefined ? response.body?.pipeThrough(new CompressionStream("gzip")) : await gzipped(text);
  response.headers.set("Content-Encoding", "gzip");
  return new Response(body ?? null, { status: response.status, headers: response.headers });
}

async function gzipped(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(text.length <= AT_ONCE_CHARACTERS ? gzipSync(text, LEVEL) : await inThread(text, LEVEL));
}

/** A coding with a weight of zero is one that is not taken (RFC 9110, section 12.5.3). */
function takesGzip(accepted: string): boolean {
  const weights = new Map(
    accepted.split(",").map((entry) => {
      const [coding = "", ...parameters] = entry
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const weight = parameters.find((each) => each.startsWith("q="))?.slice(2);
      return [coding, weight === undefined ? 1 : Number(weight)] as const;
    }),
  );
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
