import type { Turns } from "../../../host/scheduling/turns.ts";
import type { Queue } from "../../../queue/queue.ts";
import { type createChanges, partsOf, seenBy } from "./changes.ts";
import type { Listener } from "./listener.ts";

/** Those of one that catches up: in each turn of the event loop one of them has its turn. */
const CATCH_UP_AT_ONCE = 50;
/** How long a listener that catches up may take for what was sent last. */
const CATCH_UP_MS = 10_000;

const utf8 = new TextEncoder();

interface CatchUpDependencies {
  readonly queue: Pick<Queue, "events" | "changesOf">;
  readonly turns: Turns;
  readonly changes: ReturnType<typeof createChanges>;
  /** The event up to which the others have received everything. */
  readonly sentUpTo: () => number;
  /** Called at the moment at which it has received what they have: later it would miss what was sent to them since. */
  readonly promote: (listener: Listener) => void;
}

/**
 * Sends a newcomer what it has missed, as fast as it reads, and lets it in when it has what the others have. Of who
 * sees one client's jobs, the changes of these alone are read.
 */
export function createCatchUp(dependencies: CatchUpDependencies): (listener: Listener) => Promise<void> {
  const { queue, turns, changes, sentUpTo, promote } = dependencies;
  return async (listener) => {
    await taken(listener);
    while (!listener.closed && listener.position < sentUpTo()) {
      await turns.next();
      const upTo = sentUpTo();
      const { client, position: from } = listener;
      const missed =
        client === null
          ? await queue.events(from, CATCH_UP_AT_ONCE)
          : await queue.changesOf(client, from, CATCH_UP_AT_ONCE);
      const jobs = seenBy(listener, await changes.jobsOf(missed));
      const write = await changes.writer();
      for (const part of partsOf(jobs, (each) => utf8.encode(write([each], listener)))) {
        if (listener.closed) return;
        listener.send(part.bytes);
        listener.position = part.id;
        await taken(listener);
      }
      const last = missed.at(-1)?.id ?? upTo;
      // Where there are no more, the rest is of jobs that were removed, or of others'.
      listener.position = missed.length < CATCH_UP_AT_ONCE ? Math.max(last, upTo) : last;
    }
    promote(listener);
  };
}

/** Resolves when the listener has taken what was sent; one that takes too long is cut off. */
async function taken(listener: Listener): Promise<void> {
  const late = setTimeout(() => listener.cut(), CATCH_UP_MS);
  await listener.drained();
  clearTimeout(late);
}
