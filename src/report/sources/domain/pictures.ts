// Photos and logos by address: fetched through the guard for outside addresses, recognised by their bytes, drawn by the one
// rule for pictures, and stored by content. A picture that cannot be downloaded is left out: the report then has a
// monogram.
import { Failure } from "../../../failure.ts";
import { sha256 } from "../../../host/hash.ts";
import { createLanes } from "../../../host/scheduling/lanes.ts";
import { withinTime } from "../../../host/scheduling/within-time.ts";
import type { Outbound } from "../../../outbound/outbound.ts";
import type { PictureUse, PreparedPicture } from "../../pictures/picture.ts";
import { messages } from "../messages.ts";
import type { Cache } from "./cache-file.ts";

export interface PicturesOptions {
  readonly outbound: Pick<Outbound, "check" | "download">;
  readonly cache: Pick<Cache, "get" | "put">;
  /** Decodes, scales and writes again, in a thread. */
  readonly draw: (dataUri: string, use: PictureUse) => Promise<PreparedPicture>;
  /** How long all pictures of one report may take; those that are not there then are missing this time. */
  readonly timeoutMs?: number;
}

export interface Pictures {
  fetchAll(requests: readonly PictureRequest[]): Promise<FetchedPictures>;
}

export interface FetchedPictures {
  /** The downloaded pictures, as data URIs by their addresses. */
  readonly found: ReadonlyMap<string, string>;
  /** What is wrong with the others: the end of a sentence about the picture. */
  readonly missing: ReadonlyMap<string, string>;
}

export interface PictureRequest {
  readonly address: string;
  readonly use: PictureUse;
  /** Whose it is. */
  readonly owner: string;
}

/** The number of missing pictures of a report that are named. */
const NAMED = 5;

/** What a data set notes of the pictures that it lacks. */
export function notesOnMissing(
  requests: readonly PictureRequest[],
  { missing }: Pick<FetchedPictures, "missing">,
): readonly string[] {
  const lacking = requests.flatMap(({ address, use, owner }) => {
    const problem = missing.get(address);
    return problem === undefined ? [] : [messages.pictureOf(use, owner, hostOf(address), problem)];
  });
  const more = lacking.length - NAMED;
  return more > 0 ? [...lacking.slice(0, NAMED), messages.morePictures(more)] : lacking;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address.slice(0, 100);
}

const AT_ONCE = 6;
const ALL_TIMEOUT_MS = 20_000;
const TIMEOUT_MS = 10_000;
/** A photo of a phone has four to eight megabytes. */
const MAX_BYTES = 8_000_000;
const REDIRECTS = 3;

/** The beginning of the entry for an unavailable picture; the problem follows. No data URI or hash begins like this. */
const MISSING = "!";

interface Flight {
  readonly result: Promise<string>;
  /** The time until which a report waits for it: what has not begun by then is given up. Written by `fetchOne`. */
  readonly needed: { until: number };
}

/** The report in whose turn a picture is fetched. */
interface Turn {
  readonly owner: string;
  readonly until: number;
}

export function createPictures({ outbound, cache, draw, timeoutMs = ALL_TIMEOUT_MS }: PicturesOptions): Pictures {
  const lanes = createLanes({ ofOwner: AT_ONCE, together: AT_ONCE });
  /** Written by `fetchOne`. */
  const flights = new Map<string, Flight>();

  /** The picture as it is drawn, or {@link MISSING} and what is wrong with it. */
  async function fetchNow(address: string, use: PictureUse, key: string): Promise<string> {
    const miss = (kind: "picture_away" | "picture_missing", problem: string) => {
      cache.put(kind, key, MISSING + problem);
      return MISSING + problem;
    };
    let bytes: Uint8Array;
    try {
      bytes = await download(address);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // What is away comes back; what is too large or must not be reached stays so.
      return miss(error.transient ? "picture_away" : "picture_missing", problemOf(error));
    }
    if (bytes.length === 0) return miss("picture_missing", messages.pictureNotReceived);
    const hash = `drawn ${use} ${sha256(bytes)}`;
    const known = cache.get(hash);
    // How it is labelled means nothing: it is recognised by its bytes.
    const drawn = known ?? (await drawNow(`data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`, use));
    const kind = drawn.startsWith(MISSING) ? "picture_missing" : "picture";
    if (known === null) cache.put(kind, hash, drawn);
    cache.put(kind, key, hash);
    return drawn;
  }

  async function drawNow(dataUri: string, use: PictureUse): Promise<string> {
    const prepared = await draw(dataUri, use);
    return "picture" in prepared ? prepared.picture : MISSING + prepared.problem;
  }

  /** @throws Failure, transient if the picture may be available later. */
  async function download(address: string): Promise<Uint8Array> {
    const { status, bytes } = await outbound.download(reachable(address), {
      method: "GET",
      headers: { Accept: "image/*", "User-Agent": "AgentLink" },
      ...{ timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, redirects: REDIRECTS },
    });
    if (status === 200) return bytes;
    throw new Failure(RESPONDED, messages.pictureRefused(status), { transient: status >= 500 || status === 429 });
  }

  /** Old records have addresses without https, of hosts that have long had it. */
  function reachable(address: string): string {
    try {
      return outbound.check(address).href;
    } catch (error) {
      if (!/^http:/i.test(address)) throw error;
      return address.replace(/^http:/i, "https:");
    }
  }

  /** What is known of it; null where it must be requested. */
  function cached(key: string): string | null {
    const stored = cache.get(key);
    return stored === null || stored.startsWith(MISSING) ? stored : cache.get(stored);
  }

  function fetchOne({ address, use }: PictureRequest, { owner, until }: Turn): Promise<string> {
    const key = `picture ${use} ${address}`;
    const known = cached(key);
    if (known !== null) return Promise.resolve(known);
    const flying = flights.get(key);
    if (flying !== undefined) {
      flying.needed.until = Math.max(flying.needed.until, until);
      return flying.result;
    }
    const needed = { until };
    const result = lanes
      .run(owner, async () =>
        performance.now() < needed.until ? fetchNow(address, use, key) : MISSING + messages.pictureTooSlow,
      )
      .finally(() => flights.delete(key));
    flights.set(key, { result, needed });
    return result;
  }

  return {
    async fetchAll(requests) {
      const found = new Map<string, string>();
      const missing = new Map<string, string>(requests.map(({ address }) => [address, messages.pictureTooSlow]));
      const turn: Turn = { owner: crypto.randomUUID(), until: performance.now() + timeoutMs };
      const all = Promise.allSettled(
        requests.map(async (picture) => {
          const result = await fetchOne(picture, turn);
          if (result.startsWith(MISSING)) missing.set(picture.address, result.slice(MISSING.length));
          else {
            found.set(picture.address, result);
            missing.delete(picture.address);
          }
        }),
      );
      await withinTime(all, timeoutMs);
      return { found: new Map(found), missing: new Map(missing) };
    },
  };
}

const RESPONDED = "no_picture";

/** Of what may not be reached nothing is reported from which a caller could learn about the internal network. */
function problemOf({ code, message }: Failure): string {
  if (code === RESPONDED) return message;
  const problems: Readonly<Record<string, string>> = {
    too_large: messages.pictureTooLarge(MAX_BYTES / 1e6),
    too_many_redirects: messages.pictureRedirected(REDIRECTS),
    broken_off: messages.pictureBrokenOff,
    too_slow: messages.pictureTooSlow,
  };
  return problems[code] ?? messages.pictureNotReceived;
}
