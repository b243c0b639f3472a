/** Resolves with the promise, or after the time, whichever is first; rejects as the promise. Never longer, and no timer is left. */
export async function withinTime(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: Timer | undefined;
  try {
    await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  } finally {
    clearTimeout(timer);
  }
}
