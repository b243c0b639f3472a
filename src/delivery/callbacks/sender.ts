import { asFailure, type Failure } from "../../failure.ts";
import { withinTime } from "../../host/scheduling/within-time.ts";
import type { Outbound } from "../../outbound/outbound.ts";
import type { Callback, CallbackAttempt, CallbackOutcome, Callbacks } from "../../queue/callback.ts";
import type { Job } from "../../queue/job.ts";
import { outcomeOf } from "./backoff.ts";
import type { CallbackLine } from "./line.ts";
import { createPauses } from "./pauses.ts";
import { postCallback } from "./post.ts";
import { createCallbackSlots } from "./slots.ts";

/** Fetched for one address: attempts in progress are still due. */
const PER_ADDRESS = 4;
/** Parts of what is due that one poll takes; what is left is examined when the next slot is free. */
const PARTS = 4;
const TIMEOUT_MS = 15_000;
/** Addresses that a check leaves out; of more it leaves out the others by itself. */
const PAUSED = 1_000;
/** Also polls without a notification: the shell can make a callback due. */
const POLL_EVERY_MS = 30_000;
/** An attempt whose result could not be stored is repeated, but not at once. */
const UNWRITTEN_MS = 30_000;
const STOP_GRACE_MS = 3_000;

export interface CallbackSenderDependencies {
  readonly callbacks: Callbacks;
  readonly outbound: Pick<Outbound, "request">;
  /** whsec_ and base64. */
  readonly secret: string;
  /** How a callback is sent where not by the way out and the secret above. */
  readonly lineFor?: (callback: Callback) => Promise<CallbackLine>;
  /** The JSON that is sent for a job that ended; to an address of the operator's, or one that the client named. */
  readonly describe: (job: Job, operators: boolean) => string;
  /** Called with each attempt, for the log. */
  readonly onAttempt: (callback: Callback, attempt: CallbackAttempt, outcome: CallbackOutcome) => void;
  /** Called when the callbacks cannot be read or written; that is retried. */
  readonly onProblem: (failure: Failure) => void;
  readonly timeoutMs?: number;
  readonly now?: () => Date;
  /** 0–1. */
  readonly random?: () => number;
}

export interface CallbackSender {
  /** Polls for due callbacks from now on. */
  start(): void;
  /** There may be new ones; what is due for this address is sent in spite of its pause. */
  wake(address?: string): void;
  /** Until when nothing is sent to this address, because it requested a pause; null where it is not paused. */
  pausedUntil(address: string): Date | null;
  /** Why callbacks could not be read or written at the last attempt; null when they could. */
  problem(): string | null;
  /** Attempts everything that is due now once; resolves when all results are stored. */
  sendDue(): Promise<void>;
  /** Begins nothing new, and waits briefly for the attempts in progress; those that are not recorded are sent again. */
  stop(): Promise<void>;
}

/**
 * Notifies receivers of ended jobs, as Standard Webhooks specify (https://www.standardwebhooks.com): at least once,
 * under one id, signed. What a job's end needs is stored in the queue; what dies here is retried by the next process.
 */
export function createCallbackSender(dependencies: CallbackSenderDependencies): CallbackSender {
  const { callbacks, outbound, describe, timeoutMs = TIMEOUT_MS } = dependencies;
  const { now = () => new Date(), random = Math.random } = dependencies;
  const usual: CallbackLine = { outbound, secret: dependencies.secret, operators: true };
  const lineFor = dependencies.lineFor ?? (async () => usual);
  const slots = createCallbackSlots();
  /** Written by `send`; `wake` ends one. */
  const pauses = createPauses(now);
  /** Attempts in progress, by callback. Written by `beginOne`. */
  const sending = new Map<string, Promise<void>>();
  /** Written by `start` and `stop`. */
  let state: "new" | "open" | "stopped" = "new";
  /** The next scheduled poll. Written by `wakeIn`; `stop` clears it. */
  let timer: Timer | undefined;
  /** Polls run one after the other. Written by `poll`. */
  let currentPoll: Promise<void> = Promise.resolve();
  /** Requested and not begun, so one for all callers. Written by `poll`; `pollNow` takes it. */
  let nextPoll: Promise<void> | null = null;
  /** See `problem`. Written by `pollNow` and `failing`. */
  let problemNow: string | null = null;

  /** Begins the attempts there is room for. */
  async function begin(): Promise<void> {
    const seen = new Set<string>();
    for (let part = 0; part < PARTS; part += 1) {
      const paused = [...pauses.all().keys()].slice(0, PAUSED);
      const due = (await callbacks.due(PER_ADDRESS, paused)).filter(({ id }) => !seen.has(id));
      if (due.length === 0) return;
      for (const callback of due) {
        if (state === "stopped" || slots.isFull()) return;
        seen.add(callback.id);
        beginOne(callback);
      }
    }
  }

  function beginOne(callback: Callback): void {
    const { id, url, nextAttemptAt } = callback;
    // "" is an operator's request in the database itself: it bypasses a pause.
    if (sending.has(id) || pauses.has(id) || (pauses.has(url) && nextAttemptAt !== "")) return;
    const leave = slots.take(callback);
    if (leave === null) return;
    const sent = send(callback).finally(() => {
      sending.delete(id);
      leave();
      void poll();
    });
    sending.set(id, sent);
  }

  /** Resolves when a check that began after the call has begun all it could; never rejects. */
  function poll(): Promise<void> {
    nextPoll ??= currentPoll = currentPoll.then(pollNow);
    return nextPoll;
  }

  async function pollNow(): Promise<void> {
    nextPoll = null;
    if (state === "stopped") return;
    try {
      await begin();
      await setTimer();
      problemNow = null;
    } catch (error) {
      failing(asFailure(error));
      wakeIn(POLL_EVERY_MS);
    }
  }

  function failing(failure: Failure): void {
    problemNow = failure.message;
    dependencies.onProblem(failure);
  }

  async function setTimer(): Promise<void> {
    if (state !== "open") return;
    const due = await callbacks.nextDue();
    const times = [...pauses.all().values(), ...(due === null ? [] : [Date.parse(due)])];
    wakeIn(Math.min(POLL_EVERY_MS, ...times.map((time) => Math.max(10, time - now().getTime()))));
  }

  function wakeIn(ms: number): void {
    clearTimeout(timer);
    if (state !== "open") return;
    timer = setTimeout(poll, ms);
    timer.unref();
  }

  async function send(callback: Callback): Promise<void> {
    const { id, url } = callback;
    const { attempt, failure, isGone } = await postCallback(callback, { lineFor, describe, timeoutMs, now });
    slots.note(url, failure === null);
    const pauseMs = failure?.options.retryAfterMs ?? 0;
    if (pauseMs > 0) pauses.pause(url, pauseMs);
    else if (failure === null) pauses.end(url);
    const outcome = outcomeOf(callback, { failure, isGone }, { now: now(), random });
    try {
      await callbacks.recordAttempt(id, attempt, outcome);
      dependencies.onAttempt(callback, attempt, outcome);
    } catch (error) {
      if (state === "stopped") return;
      pauses.pause(id, UNWRITTEN_MS);
      failing(asFailure(error));
    }
  }

  return {
    start() {
      if (state !== "new") return;
      state = "open";
      void poll();
    },
    wake(address) {
      if (address !== undefined) pauses.end(address);
      if (state === "open") void poll();
    },
    pausedUntil: pauses.until,
    problem: () => problemNow,
    async sendDue() {
      for (;;) {
        await poll();
        if (sending.size === 0) return;
        await Promise.all(sending.values());
      }
    },
    async stop() {
      state = "stopped";
      clearTimeout(timer);
      const sent = Promise.all([currentPoll, ...sending.values()]);
      await withinTime(sent, STOP_GRACE_MS);
    },
  };
}
