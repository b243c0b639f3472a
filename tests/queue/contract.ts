import { describe } from "bun:test";
import { describeAccepting } from "./contract/accepting.ts";
import { describeAttempts } from "./contract/attempts.ts";
import { describeCallbacks } from "./contract/callbacks.ts";
import { describeClaiming } from "./contract/claiming.ts";
import { describeDocuments } from "./contract/documents.ts";
import { describeDrafts } from "./contract/drafts.ts";
import { describeDurations } from "./contract/durations.ts";
import { describeFinding } from "./contract/finding.ts";
import { describeHistory } from "./contract/history.ts";
import { describeLooking } from "./contract/looking.ts";
import { describeOperating } from "./contract/operating.ts";
import { describePausing } from "./contract/pausing.ts";
import { describeQuotas } from "./contract/quotas.ts";
import { describeReasons } from "./contract/reasons.ts";
import { describeStatistics } from "./contract/statistics.ts";
import { describeTargets } from "./contract/targets.ts";
import { describeUsage } from "./contract/usage.ts";
import { describeWaking } from "./contract/waking.ts";
import { newWorld, type QueueStorage } from "./contract/world.ts";

export type { QueueStorage } from "./contract/world.ts";

/** What every backend of the queue must do: the interface's promises, one by one. */
export function describeQueue(name: string, makeStorage: () => Promise<QueueStorage>): void {
  describe(`${name}: the queue's contract`, () => {
    const world = newWorld(makeStorage);
    describeAccepting(world);
    describeClaiming(world);
    describeAttempts(world);
    describeDocuments(world);
    describeDrafts(world);
    describeOperating(world);
    describeLooking(world);
    describeCallbacks(world);
    describeFinding(world);
    describeDurations(world);
    describeHistory(world);
    describePausing(world);
    describeQuotas(world);
    describeReasons(world);
    describeStatistics(world);
    describeTargets(world);
    describeUsage(world);
    describeWaking(world);
  });
}
