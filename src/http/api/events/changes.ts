import { ENDED, type Job, type JobEvent } from "../../../queue/job.ts";
import type { Queue } from "../../../queue/queue.ts";
import { readBlocks } from "../blocked-by.ts";
import { around, jobView, type StatusDependencies } from "../job-status.ts";
import type { EventAudience, Listener } from "./listener.ts";
import { encoded } from "./wire.ts";

/** Sent in one part to one that catches up. */
const PART_BYTES = 32_768;

/** A job, and the change that is sent with it. */
export type NumberedJob = readonly [job: Job, id: number];
/** Writes changes out as this audience may see them; `positions` in the queue, if they are sent. */
export type ChangeWriter = (
  changed: readonly NumberedJob[],
  audience: EventAudience,
  positions?: ReadonlyMap<string, number>,
) => string;

/** The history of the queue, as events: reads and writes out, and stores nothing. */
export function createChanges(dependencies: StatusDependencies & { readonly queue: Queue }) {
  const { queue } = dependencies;

  async function writer(): Promise<ChangeWriter> {
    const blocks = await readBlocks(dependencies);
    return (changed, { origin, admin }, positions) =>
      changed
        .map(([job, id]) => {
          const view = jobView(job, around(dependencies, origin, job, positions?.get(job.id) ?? null, blocks, admin));
          return encoded({ event: "job", id, data: view });
        })
        .join("");
  }

  return {
    /** The jobs as they are now, each with its last event of these: what lay between is over already. */
    async jobsOf(events: readonly Pick<JobEvent, "id" | "jobId">[]): Promise<readonly NumberedJob[]> {
      const latest = new Map<string, number>();
      for (const { jobId, id } of events) {
        latest.delete(jobId);
        latest.set(jobId, id);
      }
      const jobs = await Promise.all([...latest.keys()].map((id) => queue.get(id)));
      return jobs.flatMap((job): NumberedJob[] => (job === null ? [] : [[job, latest.get(job.id) ?? 0]]));
    },

    /** Only of the queued ones that a client follows. */
    async positionsOf(
      changed: readonly NumberedJob[],
      listeners: Iterable<Listener>,
    ): Promise<ReadonlyMap<string, number>> {
      const followed = new Set([...listeners].map(({ job }) => job));
      const ids = changed.flatMap(([{ id, status }]) => (status === "queued" && followed.has(id) ? [id] : []));
      const positions = await Promise.all(ids.map(async (id) => [id, await queue.position(id)] as const));
      return new Map(positions.flatMap(([id, position]) => (position === null ? [] : [[id, position]])));
    },

    writer,

    /** The one job that this listener follows, in its current state; null once it is deleted. */
    async current(listener: Listener, at: number, position: number | null) {
      const [job, write] = await Promise.all([queue.get(listener.job ?? ""), writer()]);
      if (job === null) return null;
      const positions = new Map(position === null ? [] : [[job.id, position]]);
      return { text: write([[job, at]], listener, positions), ended: ENDED.has(job.status) };
    },
  };
}

/** The events that this listener may see and has not seen. */
export function seenBy({ client, position }: Listener, changed: readonly NumberedJob[]): readonly NumberedJob[] {
  return changed.filter(([job, id]) => id > position && (client === null || job.client === client));
}

/** Writes each event once for all listeners that see the same of it. */
export function writeShared(changed: readonly NumberedJob[], write: ChangeWriter): (listener: Listener) => Uint8Array {
  const dependencies = new Map<string, Uint8Array>();
  return (listener) => {
    const key = `${listener.position} ${listener.client} ${listener.admin} ${listener.origin}`;
    const part = dependencies.get(key) ?? new TextEncoder().encode(write(seenBy(listener, changed), listener));
    dependencies.set(key, part);
    return part;
  };
}

interface EventChunk {
  readonly bytes: Uint8Array;
  /** Of the last change in it. */
  readonly id: number;
}

/** The events, in parts of a size that a slow listener takes at once. */
export function* partsOf(
  changed: readonly NumberedJob[],
  encode: (each: NumberedJob) => Uint8Array,
): Generator<EventChunk> {
  let bytes: Uint8Array[] = [];
  let size = 0;
  for (const [index, each] of changed.entries()) {
    const encodedJob = encode(each);
    bytes.push(encodedJob);
    size += encodedJob.length;
    if (size < PART_BYTES && index < changed.length - 1) continue;
    yield { bytes: Buffer.concat(bytes), id: each[1] };
    bytes = [];
    size = 0;
  }
}
