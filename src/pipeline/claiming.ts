import type { Claim } from "../queue/job.ts";
import type { JobChange, Queue, Room } from "../queue/queue.ts";
import type { PipelineSlots } from "./pipeline-slots.ts";

const CLAIM_AGAIN_MS = 1_000;

export interface ClaimingOptions {
  readonly queue: Pick<Queue, "claim" | "paused">;
  readonly slots: Pick<PipelineSlots, "room" | "isNarrowed">;
  /** Whether anything may be claimed. */
  readonly isOpen: () => boolean;
  readonly run: (claim: Claim) => void;
  /** Called after each check, whatever its result. */
  readonly onChecked: () => void;
}

/** Takes from the queue what there is room for. Its fields are written by itself alone. */
export interface Claiming {
  /** Claims what there is room for; if it runs already, it runs once more. Never rejects. */
  fill(): Promise<void>;
  /** A job was queued for this stage. */
  noteQueued(change: Pick<JobChange, "stage">): void;
  isClaiming(): boolean;
  /** Whether no job was waiting for delivery, and none has come since. */
  isDeliveryLineEmpty(): boolean;
  close(): void;
}

export function createClaiming({ queue, slots, isOpen, run, onChecked }: ClaimingOptions): Claiming {
  /** Written by `fill`. */
  let isClaiming = false;
  /** Requested again in the meantime. Written by `fill`. */
  let again = false;
  /** Written by `fillLater`; `close` ends it. */
  let timer: Timer | null = null;
  /** This check is the one that was to come later. Written by `fillLater` and `fill`. */
  let isSecond = false;
  /** Written by `noteDeliveryQueue` and `noteQueued`. */
  const deliveryQueue = { empty: false, came: 0 };

  async function fill(): Promise<void> {
    if (isClaiming) {
      again = true;
      return;
    }
    isClaiming = true;
    try {
      do {
        again = false;
        const room = slots.room();
        if (slots.isNarrowed()) fillLater();
        if (!isOpen() || Object.values(room).every((count) => count <= 0)) break;
        const { came } = deliveryQueue;
        const claims = await queue.claim(room);
        const isEmpty = claims.length === 0;
        const paused = isEmpty && (await queue.paused()) !== null;
        // Resumed between the two calls, it was paused for the first and is not for the second, and nothing else would
        // report it.
        if (paused || (isEmpty && !isSecond)) fillLater();
        isSecond = false;
        noteDeliveryQueue(room, claims, came, paused);
        for (const claim of claims) run(claim);
      } while (again);
    } catch {
      // Nothing was claimed; the reason, such as a full disk, is reported to everyone who submits.
      setTimeout(() => void fill(), CLAIM_AGAIN_MS).unref();
    } finally {
      isClaiming = false;
      onChecked();
    }
  }

  function fillLater(): void {
    timer ??= setTimeout(() => {
      timer = null;
      isSecond = true;
      void fill();
    }, CLAIM_AGAIN_MS).unref();
  }

  /** While the queue is paused no queued job waits for one that continues. */
  function noteDeliveryQueue(room: Room, claims: readonly Claim[], came: number, paused: boolean): void {
    const requested = room.delivering ?? 0;
    if (requested <= 0 || came !== deliveryQueue.came) return;
    const given = claims.filter(({ job }) => job.stage === "delivering").length;
    deliveryQueue.empty = paused || given < requested;
  }

  return {
    fill,
    noteQueued({ stage }) {
      if (stage === "delivering") {
        deliveryQueue.empty = false;
        deliveryQueue.came += 1;
      }
      void fill();
    },
    isClaiming: () => isClaiming,
    isDeliveryLineEmpty: () => deliveryQueue.empty,
    close: () => clearTimeout(timer ?? undefined),
  };
}
