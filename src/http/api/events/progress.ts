import type { Running } from "../../../pipeline/attempt.ts";
import type { Queue } from "../../../queue/queue.ts";
import { percentOf } from "../../../views/status-word.ts";
import { encoded } from "./wire.ts";

/** How far a running job has come since it was last asked. */
export interface ProgressStep {
  readonly id: string;
  readonly client: string;
  readonly text: string;
}

/** Returns, each time it is asked, the running jobs that have got on since the time before. */
export function createProgress(queue: Pick<Queue, "get">, running: () => ReadonlyMap<string, Running>) {
  const told = new Map<string, string>();
  const clients = new Map<string, string>();

  async function clientOf(id: string): Promise<string | null> {
    const known = clients.get(id);
    if (known !== undefined) return known;
    const client = (await queue.get(id))?.client ?? null;
    if (client !== null) clients.set(id, client);
    return client;
  }

  return {
    async steps(): Promise<readonly ProgressStep[]> {
      const now = running();
      for (const id of told.keys()) if (!now.has(id)) told.delete(id);
      for (const id of clients.keys()) if (!now.has(id)) clients.delete(id);
      const steps: ProgressStep[] = [];
      for (const [id, { stage, progress, section, document = null, waitingFor }] of now) {
        const data = JSON.stringify({
          job_id: id,
          stage,
          progress: percentOf(progress),
          section,
          document,
          waiting_for: waitingFor,
        });
        if (told.get(id) === data) continue;
        const client = await clientOf(id);
        if (client === null) continue;
        told.set(id, data);
        steps.push({ id, client, text: encoded({ event: "progress", data }) });
      }
      return steps;
    },

    /** Nobody has been told of anything. */
    forget(): void {
      told.clear();
    },
  };
}
