import { existsSync } from "node:fs";
import { openMover } from "../queue/redis/mover.ts";
import { MOST_OF_TIER } from "../storage/audit/audit.ts";
import { openLocalAudit } from "../storage/audit/local.ts";
import { openSharedAudit } from "../storage/audit/shared.ts";
import { openLocalRecords } from "../storage/records/local.ts";
import { RECORD_KINDS } from "../storage/records/records.ts";
import { openSharedRecords } from "../storage/records/shared.ts";

const ALL = Number.MAX_SAFE_INTEGER;
const EVERY_ACT = { actor: null, actions: [], since: null, until: null, cursor: null, limit: 2 * MOST_OF_TIER };

/**
 * Copies what people and the service wrote down beside the jobs, from the file into Redis or back, and the list of who did
 * what. Where both have a name the one of where the jobs come from holds: another run of a move that was cut short changes nothing.
 */
export async function copyRecords(path: string, url: string, prefix: string, to: "redis" | "sqlite"): Promise<void> {
  if (to === "redis" && !existsSync(path)) return;
  const mover = await openMover(url, prefix);
  const local = openLocalRecords({ path });
  const ownActs = openLocalAudit({ path });
  try {
    const shared = openSharedRecords({ client: mover.client, base: mover.keys.base });
    const [from, into] = to === "redis" ? [local, shared] : [shared, local];
    for (const kind of RECORD_KINDS)
      for (const { name, value } of await from.last(kind, ALL)) await into.put(kind, name, value);
    const acts = openSharedAudit({ client: mover.client, base: mover.keys.base });
    const [old, fresh] = to === "redis" ? [ownActs, acts] : [acts, ownActs];
    await fresh.adopt((await old.page(EVERY_ACT)).entries.toReversed());
  } finally {
    ownActs.close();
    local.close();
    mover.end();
  }
}
