import { errors } from "./errors.ts";

/** Files that are made while they are sent: to one client, and together. */
const AT_ONCE = { ofClient: 2, together: 8 } as const;

/** Seconds that a connection whose file was cut off may take to close. */
export const CLOSE_S = 1;

/**
 * A file that cannot be made to its end, or not for this reader any more: `onFailure` has its connection closed soon, in the
 * middle of the file, so that nobody takes it for the whole. An error of the stream would leave the connection open.
 */
export function cutAtFailure(body: ReadableStream<Uint8Array>, onFailure: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await reader.read().catch(() => null);
        if (next === null) {
          onFailure();
          // Nothing more comes, and no end.
          return new Promise<void>(() => {});
        }
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** How many files are being made for whom. */
export interface Downloads {
  /** Counts one; what it returns ends it, and may be called twice. @throws Failure "too_many_unread" (transient). */
  begin(client: string): () => void;
}

/** Bounds of one kind of file, named in the plural as people read it, such as "zip files of reports". */
export function createDownloads(what: string): Downloads {
  const sending = new Map<string, number>();
  return {
    begin(client) {
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
    },
  };
}
