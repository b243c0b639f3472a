// Photos and logos by address: fetched through the guard for outside addresses, recognised by their bytes, drawn by the one
// rule for pictures, and stored by content. A picture that cannot be had is none: the report then has a monogram.
import PQueue from "p-queue";
import { Failure } from "../../../failure.ts";
import { sha256 } from "../../../host/hash.ts";
import { withinTime } from "../../../host/scheduling/within-time.ts";
import type { Outbound } from "../../../outbound/outbound.ts";
import type { PictureUse, PreparedPicture } from "../../picture.ts";
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
  /** The pictures that could be had, as data URIs by their addresses. */
  fetchAll(wanted: readonly PictureRequest[]): Promise<ReadonlyMap<string, string>>;
}

export interface PictureRequest {
  readonly address: string;
  readonly use: PictureUse;
}

const AT_ONCE = 6;
const ALL_TIMEOUT_MS = 20_000;
const TIMEOUT_MS = 10_000;
/** A photo of a phone has four to eight megabytes. */
const MAX_BYTES = 8_000_000;
const REDIRECTS = 3;

/** By how a file begins, whatever its label and its address say. */
const KINDS: readonly { readonly head: string; readonly at: number; readonly label: string }[] = [
  { head: "\x89PNG\r\n\x1a\n", at: 0, label: "png" },
  { head: "\xff\xd8\xff", at: 0, label: "jpeg" },
  { head: "GIF87a", at: 0, label: "gif" },
  { head: "GIF89a", at: 0, label: "gif" },
  { head: "WEBP", at: 8, label: "webp" },
];

export function createPictures({ outbound, cache, draw, timeoutMs = ALL_TIMEOUT_MS }: PicturesOptions): Pictures {
  const queue = new PQueue({ concurrency: AT_ONCE });
  /** Written by `fetchOne`. */
  const fetching = new Map<string, Promise<string | null>>();

  async function fetchNow(address: string, use: PictureUse, key: string): Promise<string | null> {
    const bytes = await download(address).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      // What is away comes back; what is too large or must not be reached stays so.
      cache.put(error.transient ? "picture_away" : "picture_missing", key, "");
      return null;
    });
    if (bytes === null) return null;
    const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
    const kind = KINDS.find((each) => head.startsWith(each.head, each.at));
    if (kind === undefined) {
      cache.put("picture_missing", key, "");
      return null;
    }
    const hash = `drawn ${use} ${sha256(bytes)}`;
    const drawn =
      cache.get(hash) ??
      (await drawNow(`data:image/${kind.label};base64,${Buffer.from(bytes).toString("base64")}`, use));
    cache.put(drawn === "" ? "picture_missing" : "picture", hash, drawn);
    cache.put(drawn === "" ? "picture_missing" : "picture", key, drawn === "" ? "" : hash);
    return drawn === "" ? null : drawn;
  }

  async function drawNow(dataUri: string, use: PictureUse): Promise<string> {
    const prepared = await draw(dataUri, use);
    return "picture" in prepared ? prepared.picture : "";
  }

  /** @throws Failure, transient where the picture may be had another time. */
  async function download(address: string): Promise<Uint8Array> {
    const { status, bytes } = await outbound.download(reachable(address), {
      method: "GET",
      headers: { Accept: "image/*", "User-Agent": "AgentLink" },
      ...{ timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, redirects: REDIRECTS },
    });
    if (status === 200) return bytes;
    throw new Failure("no_picture", `${status}`, { transient: status >= 500 || status === 429 });
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

  /** Null where it is known to be missing, undefined where it must be requested. */
  function cached(key: string): string | null | undefined {
    const hash = cache.get(key);
    if (hash === null) return undefined;
    return hash === "" ? null : (cache.get(hash) ?? undefined);
  }

  function fetchOne({ address, use }: PictureRequest): Promise<string | null> {
    const key = `picture ${use} ${address}`;
    const known = cached(key);
    if (known !== undefined) return Promise.resolve(known);
    const flight =
      fetching.get(key) ?? queue.add(() => fetchNow(address, use, key)).finally(() => fetching.delete(key));
    fetching.set(key, flight);
    return flight;
  }

  return {
    async fetchAll(wanted) {
      const found = new Map<string, string>();
      const all = Promise.allSettled(
        wanted.map(async (picture) => {
          const dataUri = await fetchOne(picture);
          if (dataUri !== null) found.set(picture.address, dataUri);
        }),
      );
      await withinTime(all, timeoutMs);
      return new Map(found);
    },
  };
}
