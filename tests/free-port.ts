const LOWEST = 10_000;
const HIGHEST = 32_000;
const MOST_ATTEMPTS = 1_000;

/**
 * A port that nothing listens at now, for what is stopped and started at the same one. It is below those that the system
 * gives away by itself (Linux: from 32,768), so that no other test, which takes port 0, gets it in between.
 */
export function freePort(): number {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    try {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
      return port;
    } catch {
      // It is taken: another.
    }
  }
  throw new Error(`none of ${MOST_ATTEMPTS} ports from ${LOWEST} to ${HIGHEST} can be listened at`);
}
