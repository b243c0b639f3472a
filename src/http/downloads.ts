import type { Connections } from "./connections.ts";
import { errors } from "./errors.ts";

/** Files that are made while they are sent: to one client, and together. */
const AT_ONCE = { ofClient: 2, together: 8 } as const;
/** The longest that a slow reader may take nothing, in seconds. */
const SLOWEST_S = 60;
/** Seconds that a connection whose file was cut off may take to close. */
const CLOSE_S = 1;

/** Files that are being made for clients, and how many for each. */
export interface Downloads {
  /**
   * Counts a file from before `make` begins to read for it until it is sent, cannot be made to its end, or is not read.
   * Then its connection is closed in the middle of the file, so that the client does not take it for the whole.
   * @throws Failure "too_many_unread" (transient), or what `make` throws.
   */
  begin(
    to: { readonly request: Request; readonly client: string },
    make: () => Promise<ReadableStream<Uint8Array>>,
  ): Promise<ReadableStream<Uint8Array>>;
}

/** Bounds of one kind of file, named in the plural as people read it, such as "zip files of reports". */
export function createDownloads(what: string, connections: Pick<Connections, "allowSilence">): Downloads {
  /** Written by `count`. */
  const sending = new Map<string, number>();

  /** What it returns may be called twice. */
  function count(client: string): () => void {
    const [own, all] = [sending.get(client) ?? 0, [...sending.values()].reduce((sum, each) => sum + each, 0)];
    if (own >= AT_ONCE.ofClient || all >= AT_ONCE.together) throw errors.downloads(what);
    sending.set(client, own + 1);
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      const left = (sending.get(client) ?? 1) - 1;
      if (left > 0) sending.set(client, left);
      else sending.delete(client);
    };
  }

  return {
    async begin({ request, client }, make) {
      const end = count(client);
      const body = await make().catch((error) => {
        end();
        throw error;
      });
      connections.allowSilence(request, SLOWEST_S);
      return watched(body, request.signal, end, () => connections.allowSilence(request, CLOSE_S));
    },
  };
}

/**
 * The body, and `end` when it is over: read to its end, given up by its reader, or not read for so long. A connection that
 * was closed before its response began reports nothing further, so only the time shows it.
 */
function watched(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  end: () => void,
  close: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let late: Timer | undefined;
  const leave = () => {
    clearTimeout(late);
    end();
    // What is being made for it is stopped; it may have failed already.
    void reader.cancel().catch(() => undefined);
  };
  const wait = () => {
    late = setTimeout(() => {
      close();
      leave();
    }, SLOWEST_S * 1_000);
    late.unref();
  };
  if (signal.aborted) leave();
  else {
    signal.addEventListener("abort", leave, { once: true });
    wait();
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(late);
        const next = await reader.read().catch(() => null);
        if (next === null) {
          close();
          end();
          // Nothing more comes, and no end: an error of the stream would be printed, and leave the connection open.
          return new Promise<void>(() => {});
        }
        if (next.done) {
          end();
          return controller.close();
        }
        wait();
        controller.enqueue(next.value);
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}
