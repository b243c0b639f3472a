import { LONGEST_PAUSE_MS } from "./post.ts";

/** Until when nothing is sent, by name: an address that requested a pause, or a callback whose attempt was not stored. */
export interface Pauses {
  pause(name: string, ms: number): void;
  end(name: string): void;
  has(name: string): boolean;
  /** Null where it is not paused. */
  until(name: string): Date | null;
  /** Those in force, and when each ends (in ms since 1970). What is over is forgotten here. */
  all(): ReadonlyMap<string, number>;
}

export function createPauses(now: () => Date): Pauses {
  /** In ms since 1970. Written by `pause` and `end`; `all` removes what is over. */
  const endsAt = new Map<string, number>();

  /** A remaining time above the longest pause means that the clock was set back: the pause is over. */
  function has(name: string): boolean {
    const leftMs = (endsAt.get(name) ?? 0) - now().getTime();
    return leftMs > 0 && leftMs <= LONGEST_PAUSE_MS;
  }

  return {
    pause: (name, ms) => void endsAt.set(name, now().getTime() + ms),
    end: (name) => void endsAt.delete(name),
    has,
    until: (name) => (has(name) ? new Date(endsAt.get(name) ?? 0) : null),
    all() {
      for (const name of endsAt.keys()) if (!has(name)) endsAt.delete(name);
      return endsAt;
    },
  };
}
