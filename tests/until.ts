/** Of what is there within a second on a machine that is not busy. */
const LIMIT_MS = 60_000;
const LONGEST_PAUSE_MS = 50;

/** What was not there yet. */
type Nothing = false | null | undefined;

/**
 * Checks repeatedly until there is something (not false, null or undefined), and returns it. The pauses grow to
 * `longestPauseMs`; with 0 it checks in every turn of the event loop, for what is there for some milliseconds only.
 * @throws Error that names what was waited for, after `limitMs`.
 */
export async function until<T>(
  check: () => T | Nothing | Promise<T | Nothing>,
  limitMs = LIMIT_MS,
  what = String(check),
  longestPauseMs = LONGEST_PAUSE_MS,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = Math.min(1, longestPauseMs); ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
    const found = await check();
    if (found !== false && found !== null && found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`timed out after ${limitMs / 1_000} s waiting for: ${what}`);
    await Bun.sleep(pauseMs);
  }
}

/**
 * The promise's value, where it comes within the time.
 * @throws Error that names what was waited for, after `limitMs`.
 */
export async function within<T>(promise: Promise<T>, what: string, limitMs = LIMIT_MS): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${limitMs / 1_000} s waiting for: ${what}`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
