import type { Room } from "../queue/queue.ts";
import { createSlots, type Slots } from "./slots.ts";

export interface PipelineSlotsOptions {
  readonly renderSlots: number;
  readonly gatherSlots: number;
  readonly deliverSlots: number;
  /** Called before a render starts: why it may not now ("memory"), or null. */
  readonly renderBlockedBy: () => string | null;
  /**
   * Called before deliveries are claimed: how many may run now, the others wait in the queue; and how many might,
   * were every target that is in use at its best.
   */
  readonly deliveriesAtOnce?: () => { readonly now: number; readonly atBest: number };
}

/** The slots that attempts use in this process, and how many more are free. */
export interface PipelineSlots {
  readonly gathering: Slots;
  readonly renders: Slots;
  readonly delivering: Slots;
  /**
   * Attempts on their way to a render slot: being gathered, gathered here, or come with their data. The course of an
   * attempt alone writes it.
   */
  readonly ahead: { gathering: number; gathered: number; direct: number };
  /** Suspected jobs that are rendered here, or wait for it. The course of an attempt alone writes it. */
  isolated: number;
  /** One render ahead for each slot and each way to it; the rest stays in the queue, where order is effective. */
  room(): Room;
  /** How many deliveries may run now. */
  deliveryRoom(): number;
  /** How many are, or wait for a slot. */
  deliveries(): number;
  /** A target accepts less than its maximum. No event reports when it accepts more again, so that is polled. */
  isNarrowed(): boolean;
}

export function createPipelineSlots(options: PipelineSlotsOptions): PipelineSlots {
  const { renderSlots, gatherSlots, deliverSlots, renderBlockedBy } = options;
  const { deliveriesAtOnce = () => ({ now: deliverSlots, atBest: deliverSlots }) } = options;
  const slots: PipelineSlots = {
    gathering: createSlots({ limit: () => gatherSlots, called: "gather slot" }),
    renders: createSlots({ limit: () => renderSlots, called: "render slot", blockedBy: renderBlockedBy }),
    delivering: createSlots({
      limit: () => Math.min(deliverSlots, deliveriesAtOnce().atBest),
      called: "delivery slot",
    }),
    ahead: { gathering: 0, gathered: 0, direct: 0 },
    isolated: 0,
    room: () => ({
      gathering: slots.ahead.gathered < renderSlots ? gatherSlots - slots.ahead.gathering : 0,
      rendering: 2 * renderSlots - slots.renders.busy() - slots.ahead.direct,
      delivering: slots.deliveryRoom() - slots.deliveries(),
      isolated: 1 - slots.isolated,
    }),
    deliveryRoom: () => Math.min(deliverSlots, deliveriesAtOnce().now),
    deliveries: () => slots.delivering.busy() + slots.delivering.waiting(),
    isNarrowed() {
      const { now, atBest } = deliveriesAtOnce();
      return now < atBest;
    },
  };
  return slots;
}
