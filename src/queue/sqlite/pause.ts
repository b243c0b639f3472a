import type { Database } from "bun:sqlite";
import type { Pause, QueueAction } from "../queue.ts";
import type { Transaction } from "./transaction.ts";

const PAUSED = "SELECT since, by FROM pause";
/** The first one's name stays: it is the person to contact. */
const PAUSE = "INSERT OR IGNORE INTO pause (id, since, by) VALUES (1, ?, ?)";
const RESUME = "DELETE FROM pause";
/** A trigger has just recorded a resume. */
const RESUMED_BY = "UPDATE actions SET at = ?, actor = ? WHERE id = (SELECT max(id) FROM actions)";
const RESUMED = "INSERT INTO actions (at, action, actor) VALUES (?, 'resumed', ?)";
const ACTIONS = "SELECT at, action, actor FROM actions ORDER BY id DESC LIMIT ?";

/** Whether anything is started. It is looked up each time, because the operator's shell may change it, too. */
export function createPause(db: Database) {
  const paused = db.prepare<Pause, []>(PAUSED);
  const pause = db.prepare(PAUSE);
  const resume = db.prepare(RESUME);
  const resumedBy = db.prepare(RESUMED_BY);
  const resumed = db.prepare(RESUMED);
  const actions = db.prepare<QueueAction, [number]>(ACTIONS);

  return {
    paused: (): Pause | null => paused.get(),
    pause: ({ at }: Transaction, by: string): void => void pause.run(at, by),
    /** `wasHeld`: by the service itself. */
    resume({ at }: Transaction, by: string, wasPaused = false): void {
      if (resume.run().changes > 0) resumedBy.run(at, by);
      else if (wasPaused) resumed.run(at, by);
    },
    actions: (limit: number): readonly QueueAction[] => actions.all(limit),
  };
}
