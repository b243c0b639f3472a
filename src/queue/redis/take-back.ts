import type { Job } from "../job.ts";
import { TAKEN_BACK, type TakenBack } from "../taken-back.ts";

/** What the scripts write down of what they take back. */
export const TAKEN_BACK_WORDS = JSON.stringify(TAKEN_BACK);

/** What lua/leases.lua returns of the jobs that it took back: the id, whether it was being rendered, and is blamed. */
type Taken = readonly (readonly [id: string, rendering: string, blamed: string])[];

/** Reports jobs that were taken back, as they are then. */
export function notifyTakenBack(
  get: (id: string) => Promise<Job | null>,
  onTakenBack: (jobs: readonly TakenBack[]) => void,
): (taken: unknown) => Promise<void> {
  return async (taken) => {
    const takenBack: TakenBack[] = [];
    for (const [id, rendering, blamed] of taken as Taken) {
      const job = await get(id);
      if (job !== null) takenBack.push({ job, rendering: rendering === "1", blamed: blamed === "1" });
    }
    if (takenBack.length > 0) onTakenBack(takenBack);
  };
}
