import type { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { Failure } from "../../failure.ts";
import { createStepWatch } from "./clock.ts";
import { tolerant } from "./failures.ts";
import { type Holder, holdersOf } from "./holders.ts";
import type { Change } from "./transaction.ts";

/** The write-ahead log is emptied when nothing was written for so long. */
const IDLE_MS = 1_000;
const AGAIN_MS = 1_000;
const CHECK_CLOCK_MS = 1_000;
/** A larger log is truncated even if writes never pause. */
const LARGE_BYTES = 64_000_000;
/** A log that cannot be truncated for so long is reported, and again after the longer time. */
const BLOCKED_MS = 60_000;
const BLOCKED_AGAIN_MS = 600_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Free pages that are left for what comes next. */
const SPARE_PAGES = 256;
const PAGES_AT_ONCE = 64;
const GIVE_BACK_MS = 5;
/** Between two parts others have their turn. */
const GIVE_BACK_AGAIN_MS = 20;

/**
 * Gives free pages back to the file system for a few milliseconds; returns whether there were any. A database that was made
 * by an older version retains them (auto_vacuum), and `agentlink doctor` names the remedy.
 */
function releasePages(db: Database): boolean {
  const { auto_vacuum: kind } = db.query("PRAGMA auto_vacuum").get() as { auto_vacuum: number };
  const free = () => (db.query("PRAGMA freelist_count").get() as { freelist_count: number }).freelist_count;
  if (kind !== 2 || free() <= SPARE_PAGES) return false;
  const until = performance.now() + GIVE_BACK_MS;
  // All of it has to be read: each row is a page that went.
  do db.query(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`).all();
  while (performance.now() < until && free() > SPARE_PAGES);
  return true;
}

const EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)";

/** The write-ahead log cannot be emptied, because another process reads what was before it. */
export interface BlockedLog {
  readonly bytes: number;
  /** Which processes may have it open; null where the system does not report it. */
  readonly holders: readonly Holder[] | null;
}

export interface UpkeepDependencies {
  readonly path: string;
  readonly onLogBlocked: (blocked: BlockedLog) => void;
  readonly logBlockedAfterMs?: number;
  readonly db: Database;
  readonly now: () => Date;
  readonly leaseMs: number;
  readonly running: () => number;
  /** When the next waiting job is due; null when none waits. */
  readonly nextDue: () => string | null;
  readonly queueDue: () => Promise<void>;
  readonly renew: () => Promise<void>;
  /** The clock was set back by so many milliseconds, a negative number. */
  readonly stepBack: (stepMs: number) => Promise<void>;
}

/** What the queue does periodically: queues jobs when they are due, renews leases, truncates the log. */
export function startUpkeep(dependencies: UpkeepDependencies) {
  const { db, path, now, leaseMs, running, nextDue, queueDue, renew, stepBack } = dependencies;
  const { onLogBlocked, logBlockedAfterMs = BLOCKED_MS } = dependencies;
  /** When the last commit was; null once the log is empty. Written by `committed`, `emptying` and `giveBackParts`. */
  let wroteAt: number | null = null;
  /** When the holders of the log are logged next. Written by `nameHolders`; `emptying` clears it. */
  let warnAt: number | null = null;
  /** Written by `setDueTimer` and `wakeIn`. */
  let dueTimer: Timer | undefined;
  /** Written by `giveBackParts`. */
  let giving: Timer | undefined;

  const renewal = setInterval(() => {
    if (running() > 0) renew().catch(refused);
  }, leaseMs / 3);
  const emptying = setInterval(
    tolerant(() => {
      if (wroteAt === null) {
        if (giving === undefined) giveBackParts();
        return;
      }
      if (performance.now() - wroteAt < IDLE_MS) {
        if (logBytes() > LARGE_BYTES) nameHolders();
        return;
      }
      const { busy } = db.query(EMPTY_LOG).get() as { busy: number };
      // While a process reads, it cannot be truncated: at the next check, then.
      if (busy === 0) {
        wroteAt = null;
        warnAt = null;
      } else nameHolders();
    }),
    IDLE_MS,
  );

  /** Part by part, as long as no request writes; the log is emptied after it. */
  const giveBackParts = tolerant(() => {
    giving = undefined;
    if (wroteAt !== null || !releasePages(db)) return;
    giving = setTimeout(() => {
      giveBackParts();
      if (giving === undefined) wroteAt ??= performance.now();
    }, GIVE_BACK_AGAIN_MS);
    giving.unref();
  });

  const stepOf = createStepWatch(now);
  const watching = setInterval(() => {
    const stepMs = stepOf();
    if (stepMs > 0) setDueTimer();
    if (stepMs < 0) stepBack(stepMs).then(setDueTimer, refused);
  }, CHECK_CLOCK_MS);

  function nameHolders(): void {
    const at = performance.now();
    warnAt ??= at + logBlockedAfterMs;
    if (at < warnAt) return;
    warnAt = at + BLOCKED_AGAIN_MS;
    onLogBlocked({ bytes: logBytes(), holders: holdersOf(path) });
  }

  function logBytes(): number {
    return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Wakes at the moment the next waiting job is due. */
  const setDueTimer = tolerant(() => {
    clearTimeout(dueTimer);
    const due = nextDue();
    if (due !== null) wakeIn(Date.parse(due) - now().getTime());
  });

  function wakeIn(ms: number): void {
    const work = () =>
      queueDue().then(setDueTimer, (error) => {
        refused(error);
        wakeIn(AGAIN_MS);
      });
    dueTimer = setTimeout(work, Math.min(LONGEST_TIMER_MS, Math.max(0, ms)));
    dueTimer.unref();
  }

  renewal.unref();
  emptying.unref();
  watching.unref();
  setDueTimer();

  return {
    /** Checks again when the next job is due: another process wrote. */
    setDueTimer,

    committed(changes: readonly Change[]): void {
      wroteAt = performance.now();
      if (changes.some(({ from, to }) => from !== to && (from === "waiting" || to === "waiting"))) setDueTimer();
    },

    close(): void {
      clearInterval(renewal);
      clearInterval(emptying);
      clearInterval(watching);
      clearTimeout(dueTimer);
      clearTimeout(giving);
    },
  };
}

/** A full disk and the like: it comes round again. */
function refused(error: unknown): void {
  if (!(error instanceof Failure)) throw error;
}
