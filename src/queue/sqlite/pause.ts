import type { Database } from "bun:sqlite";
import type { Pause } from "../queue.ts";
import type { Transaction } from "./group-commit.ts";

const PAUSED = "SELECT since, by FROM pause";
/** The first one's name stays: it is who must be asked. */
const PAUSE = "INSERT OR IGNORE INTO pause (one, since, by) VALUES (1, ?, ?)";
const RESUME = "DELETE FROM pause";

/** Whether anything is started. It is looked up each time, because the operator's shell may change it, too. */
export function createPause(db: Database) {
  const paused = db.prepare<Pause, []>(PAUSED);
  const pause = db.prepare(PAUSE);
  const resume = db.prepare(RESUME);

  return {
    paused: (): Pause | null => paused.get(),
    pause: ({ at }: Transaction, by: string): void => void pause.run(at, by),
    resume: (): void => void resume.run(),
  };
}
