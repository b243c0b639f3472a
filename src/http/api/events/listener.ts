/** A stream with more than this unsent when the next part comes is too slow. */
const BUFFER_BYTES = 64 * 1_024;

/** Who an event is meant for. */
export interface EventAudience {
  /** Where the links in it lead. */
  readonly origin: string;
  /** Whose jobs are seen; null means all. */
  readonly client: string | null;
  /** Whether everything may be shown of them, and of the service. */
  readonly admin: boolean;
  /** Who listens: each may have so many streams. */
  readonly owner: string;
}

export interface ListenerOptions extends EventAudience {
  /** The one job that is followed; null is all. */
  readonly job: string | null;
  /** The last event it has, or needs not. */
  readonly position: number;
  /** Whether it may still listen. */
  readonly allowed: () => Promise<boolean>;
  /** Has the connection closed soon, though the other side does not read what was sent. */
  readonly hurry: () => void;
  readonly onClosed: (listener: Listener) => void;
}

/** One open stream of events. Nothing waits for it: what it does not take in time is cut off, and comes back by itself. */
export interface Listener extends Readonly<Omit<ListenerOptions, "position" | "hurry" | "onClosed">> {
  position: number;
  /** What the response is made of. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Whether a part can be sent at once, or has to wait until others are on their way. */
  fits(part: Uint8Array): boolean;
  /** Sends what must not be missing: where that is not possible, the stream ends, to be resumed from `position`. */
  send(part: Uint8Array): void;
  /** Sends what will soon be sent again anyway, if there is room. */
  offer(part: Uint8Array): void;
  /** Resolves when everything has been passed to the system, or the stream has ended. */
  drained(): Promise<void>;
  readonly closed: boolean;
  /** Of what was sent and not taken yet. */
  readonly reservedBytes: number;
  /** Ends the stream behind what was sent. */
  end(): void;
  /** The same, and no matter whether that is ever read. */
  cut(): void;
}

export function createListener({ hurry, onClosed, ...options }: ListenerOptions): Listener {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let closed = false;
  let onDrained: () => void = () => {};

  const stream = new ReadableStream<Uint8Array>(
    {
      start: (opened) => {
        controller = opened;
      },
      pull: () => onDrained(),
      cancel: leave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
  );

  function leave(): void {
    if (closed) return;
    closed = true;
    onDrained();
    onClosed(listener);
  }

  function room(): number {
    return controller?.desiredSize ?? 0;
  }

  const listener: Listener = {
    ...options,
    stream,
    get closed() {
      return closed;
    },
    get reservedBytes() {
      return closed ? 0 : Math.max(0, BUFFER_BYTES - room());
    },
    fits: (part) => part.length <= Math.max(0, room()),
    send(part) {
      if (closed) return;
      if (room() <= 0) listener.cut();
      else controller?.enqueue(part);
    },
    offer(part) {
      if (!closed && room() > BUFFER_BYTES / 2) controller?.enqueue(part);
    },
    async drained() {
      while (!closed && room() < BUFFER_BYTES) {
        await new Promise<void>((resolve) => {
          onDrained = resolve;
        });
      }
    },
    end() {
      if (!closed) controller?.close();
      leave();
    },
    cut() {
      // An error of the stream would leave the connection open, with its buffers, for as long as its client does not read.
      if (!closed) hurry();
      listener.end();
    },
  };
  return listener;
}
