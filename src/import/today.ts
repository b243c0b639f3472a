/** The day that has begun somewhere in Australia. */
export function todayIn(now: Date): string {
  return new Date(now.getTime() + 11 * 3_600_000).toISOString().slice(0, 10);
}
