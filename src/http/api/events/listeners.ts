import type { Failure } from "../../../failure.ts";
import { errors } from "../../errors.ts";
import { createListener, type Listener, type ListenerOptions } from "./listener.ts";

/** Streams open at once: of one client, and together. What is unsent of each is at most its buffer and one part. */
const STREAMS = { ofClient: 100, together: 1_000 } as const;

/** Who listens: the live ones have received everything so far, the joining ones catch up. Only these functions move one. */
export interface Listeners {
  readonly live: ReadonlySet<Listener>;
  readonly all: readonly Listener[];
  /** Opens a stream, which is joining. @throws Failure "too_many_streams". */
  admit(options: Omit<ListenerOptions, "onClosed">): Listener;
  /** It cannot take what the others get at once: it is joining again. */
  sendBack(listener: Listener): void;
  /** It has received what the others have; false if it has left. */
  promote(listener: Listener): boolean;
  /** Cuts off listeners whose access has ended; `onProblem` if that cannot be checked now. */
  checkAllowed(onProblem: (error: unknown) => void): void;
  /** Of what was sent to them and not taken yet. */
  reservedBytes(): number;
  /** Cuts off those that have something to take. */
  shed(): void;
  /** Ends all, and every later one at once. */
  close(): void;
}

/** `onFirst` is called for the first listener, `onLast` when the last one has gone. */
export function createListeners(onFirst: () => void, onLast: () => void): Listeners {
  /** Both are written by `promote`, `sendBack`, `admit` and `leave`: a listener is in one of them until it leaves. */
  const live = new Set<Listener>();
  const joining = new Set<Listener>();
  /** Written by `close`. */
  let closed = false;

  function leave(listener: Listener): void {
    live.delete(listener);
    joining.delete(listener);
    if (live.size + joining.size === 0) onLast();
  }

  return {
    live,
    get all() {
      return [...live, ...joining];
    },
    admit(options) {
      const open = [...live, ...joining];
      const own = open.filter(({ owner }) => owner === options.owner).length;
      if (own >= STREAMS.ofClient || open.length >= STREAMS.together) throw tooManyStreams(own);
      const listener = createListener({ ...options, onClosed: leave });
      joining.add(listener);
      if (open.length === 0) onFirst();
      if (closed) listener.end();
      return listener;
    },
    sendBack(listener) {
      live.delete(listener);
      joining.add(listener);
    },
    promote(listener) {
      joining.delete(listener);
      if (!listener.closed) live.add(listener);
      return !listener.closed;
    },
    checkAllowed(onProblem) {
      for (const listener of [...live, ...joining])
        void listener.allowed().then((allowed) => allowed || listener.cut(), onProblem);
    },
    reservedBytes: () => [...live, ...joining].reduce((sum, { reservedBytes }) => sum + reservedBytes, 0),
    shed() {
      for (const listener of [...live, ...joining]) if (listener.reservedBytes > 0) listener.cut();
    },
    close() {
      closed = true;
      for (const listener of [...live, ...joining]) listener.end();
    },
  };
}

function tooManyStreams(own: number): Failure {
  return own >= STREAMS.ofClient ? errors.ownStreams(own) : errors.streams();
}
