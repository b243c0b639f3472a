import type { Job } from "../job.ts";
import { RECOVERY_ERRORS, type RecoveredJob } from "../recovery.ts";

/** The errors that the scripts write to what they recover. */
export const RECOVERY_ERRORS_TEXT = JSON.stringify(RECOVERY_ERRORS);

/** What lua/leases.lua returns of the jobs that it recovered: the id, whether it was being rendered, and is blamed. */
type Recovered = readonly (readonly [id: string, rendering: string, blamed: string])[];

/** Reports jobs that were recovered, as they are then. */
export function notifyRecovered(
  get: (id: string) => Promise<Job | null>,
  onRecovered: (jobs: readonly RecoveredJob[]) => void,
): (returned: unknown) => Promise<void> {
  return async (returned) => {
    const recovered: RecoveredJob[] = [];
    for (const [id, rendering, blamed] of returned as Recovered) {
      const job = await get(id);
      if (job !== null) recovered.push({ job, rendering: rendering === "1", blamed: blamed === "1" });
    }
    if (recovered.length > 0) onRecovered(recovered);
  };
}
