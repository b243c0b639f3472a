import type { TSchema } from "@sinclair/typebox";
import { createLanes } from "../host/scheduling/lanes.ts";
import type { Turns } from "../host/scheduling/turns.ts";
import type { Viewed } from "../views/nullable.ts";
import type { Connections } from "./connections.ts";
import { errors } from "./errors.ts";
import { type Extra, JSON_HEADERS, json, whole } from "./response.ts";

/** Long responses: as far as their clients read them, and no further. */
export interface Outgoing {
  /**
   * JSON in pieces, each made when those before it are on their way; `begin` provides them, called in a turn of the event
   * loop of its own. What fits into one piece is sent whole.
   * @throws Failure "too_many_unread" (transient) where so many long responses of this owner, or of all, are not read.
   */
  pieces(to: Recipient, begin: () => Promise<AsyncIterator<string>>): Promise<Response>;
  /** A value that may be long; its schema is named as for {@link json}. @throws Failure as above. */
  json<Schema extends TSchema = never>(to: Recipient, value: Viewed<Schema>, extra?: Extra): Response;
  /** Responses in progress: how many, and the bytes that are buffered for them. */
  readonly open: number;
  readonly reservedBytes: number;
  /** Ends those that are not being read. */
  shed(): void;
}

export interface Recipient {
  readonly request: Request;
  /** Whose bounds count. */
  readonly owner: string;
}

/** Made and passed on at once. The system takes a few megabytes more for each connection, outside of the process. */
const PIECE_BYTES = 65_536;
/** Long responses in progress, and the bytes buffered for them: of one client, and in total. */
const OPEN = { ofClient: 50, together: 400 } as const;
const RESERVED_BYTES = { ofClient: 8 * 1_024 * 1_024, together: 32 * 1_024 * 1_024 } as const;
/** A client that takes nothing of a response for so long is not served any longer. */
const SLOWEST_MS = 20_000;
const CLOSE_S = 1;
/** Long responses that are begun at once: a page of jobs is in memory until its first piece is written. */
const BEGINNING = { ofOwner: 4, together: 16 } as const;

interface Sending {
  readonly owner: string;
  readonly bytes: number;
  readonly end: () => void;
}

const utf8 = new TextEncoder();

export function createOutgoing({
  connections,
  turns,
}: {
  readonly connections: Connections;
  readonly turns: Turns;
}): Outgoing {
  /** Written by `over` and `body`. */
  const sending = new Set<Sending>();
  const beginning = createLanes(BEGINNING);

  function reserved(owner?: string): { readonly open: number; readonly bytes: number } {
    const counted = [...sending].filter((each) => owner === undefined || each.owner === owner);
    return { open: counted.length, bytes: counted.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  function admit(owner: string, bytes: number): void {
    const [own, all] = [reserved(owner), reserved()];
    if (own.open >= OPEN.ofClient || own.bytes + bytes > RESERVED_BYTES.ofClient) throw errors.unreadResponses();
    if (all.open >= OPEN.together || all.bytes + bytes > RESERVED_BYTES.together) throw errors.longResponses();
  }

  /** A body whose next piece is requested when the one before it is taken. */
  function body({ request, owner }: Recipient, bytes: number, next: () => Promise<Uint8Array | null>): ReadableStream {
    admit(owner, bytes);
    let late: Timer | undefined;
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const over = () => {
      clearTimeout(late);
      sending.delete(entry);
    };
    const entry: Sending = {
      owner,
      bytes,
      end() {
        if (!sending.has(entry)) return;
        over();
        // An error of the stream would leave the connection open, with its buffers, for as long as its client does not
        // read: it is closed soon, in the middle of the JSON, which a late reader notices.
        connections.allowSilence(request, CLOSE_S);
        controller?.close();
      },
    };
    sending.add(entry);
    late = setTimeout(entry.end, SLOWEST_MS);
    return new ReadableStream<Uint8Array>(
      {
        start: (opened) => {
          controller = opened;
        },
        async pull(opened) {
          clearTimeout(late);
          const piece = await next().catch((error) => {
            over();
            throw error;
          });
          if (!sending.has(entry)) return;
          if (piece === null) {
            over();
            return opened.close();
          }
          late = setTimeout(entry.end, SLOWEST_MS);
          opened.enqueue(piece);
        },
        cancel: over,
      },
      { highWaterMark: 0 },
    );
  }

  return {
    async pieces(to, begin) {
      // Before anything is read for it.
      admit(to.owner, PIECE_BYTES);
      let done = false;
      const gather = async (pieces: AsyncIterator<string>): Promise<string> => {
        let text = "";
        while (!done && text.length < PIECE_BYTES) {
          const { value, done: last } = await pieces.next();
          done = last === true;
          if (!done) text += value;
        }
        return text;
      };
      const { pieces, first } = await beginning.run(to.owner, async () => {
        await turns.next();
        const begun = await begin();
        return { pieces: begun, first: await gather(begun) };
      });
      if (done) return whole(new Response(first, { headers: JSON_HEADERS }), first);
      let begun: string | undefined = first;
      const next = async () => {
        const text: string = begun ?? (await turns.next().then(() => gather(pieces)));
        begun = undefined;
        return text === "" ? null : utf8.encode(text);
      };
      return new Response(body(to, PIECE_BYTES, next), { headers: JSON_HEADERS });
    },

    json<Schema extends TSchema>(to: Recipient, value: Viewed<Schema>, extra?: Extra) {
      const text = JSON.stringify(value);
      if (text.length <= PIECE_BYTES) return json<Schema>(value, extra);
      const bytes = utf8.encode(text);
      let at = 0;
      const next = async () => {
        const piece = bytes.subarray(at, at + PIECE_BYTES);
        at += piece.length;
        return piece.length === 0 ? null : piece;
      };
      return new Response(body(to, bytes.length, next), { headers: { ...Object.fromEntries(JSON_HEADERS), ...extra } });
    },

    get open() {
      return sending.size;
    },
    get reservedBytes() {
      return reserved().bytes;
    },
    shed() {
      for (const each of [...sending]) each.end();
    },
  };
}
