import type { Scripts } from "./script.ts";

/** The latest that a host looks: another may have put a job off and died since. */
const LOOK_EVERY_MS = 5_000;

/** Queues waiting jobs when they are due, though no host asks for jobs. */
export function watchDue(scripts: Scripts, now: () => Date) {
  let timer: Timer | undefined;
  let closed = false;

  const look = () => {
    if (closed) return;
    clearTimeout(timer);
    scripts.run("due", []).then(
      (ms) => wakeIn(ms === "" ? LOOK_EVERY_MS : Number(ms) - now().getTime()),
      () => wakeIn(LOOK_EVERY_MS),
    );
  };

  function wakeIn(ms: number): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(LOOK_EVERY_MS, Math.max(10, ms)));
    timer.unref();
  }
  wakeIn(LOOK_EVERY_MS);

  return {
    /** A job was put off. */
    look,
    close(): void {
      closed = true;
      clearTimeout(timer);
    },
  };
}
