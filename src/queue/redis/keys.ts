/**
 * The names of what is stored in Redis; the scripts in lua/ have the same. The braces put all of it into one slot of a
 * cluster.
 */
export function keysBelow(prefix: string) {
  const base = `{${prefix}}`;
  return {
    /** What BullMQ calls its prefix. */
    base,
    format: `${base}:format`,
    events: `${base}:events`,
    lastEvent: `${base}:last-event`,
    paused: `${base}:paused`,
    /** Paths of PDFs whose jobs are deleted. */
    removals: `${base}:removals`,
    /** What clients requested and were given in a month. */
    usage: (month: string) => `${base}:usage:${month}`,
    usageDay: (day: string) => `${base}:usage-day:${day}`,
    actions: `${base}:actions`,
    /** There while jobs are moved here, and when they were moved away. */
    closed: `${base}:closed`,
    callbackSecret: `${base}:callback-secret`,
    folders: `${base}:folders`,
    jobs: `${base}:jobs`,
    /** All with the same score: in the order of their letters. */
    ids: `${base}:ids`,
    endedIn: (minuteMs: number) => `${base}:ended-in:${minuteMs}`,
    ended: `${base}:ended`,
    /** Those that have ended, by how many milliseconds they ran. */
    durations: `${base}:durations`,
    jobsOf: (status: string) => `${base}:jobs:${status}`,
    jobsOfClient: (client: string) => `${base}:client:${client}`,
    job: (id: string) => `${base}:job:${id}`,
    data: (id: string) => `${base}:data:${id}`,
    attempts: (id: string) => `${base}:attempts:${id}`,
    deliveries: (id: string) => `${base}:deliveries:${id}`,
    /** The jobs of a client by the number of their last change, and from which number on they are there. */
    clientChanges: (client: string) => `${base}:client-changes:${client}`,
    clientChangesSince: `${base}:client-changes-since`,
    history: (id: string) => `${base}:history:${id}`,
    callbacksOf: (id: string) => `${base}:job-callbacks:${id}`,
    /** The results of the deliveries to it. */
    target: (name: string) => `${base}:target:${name}`,
    /** Addresses that something is pending for. */
    callbackAddresses: `${base}:callbacks:addresses`,
    callbacksDue: (address: string) => `${base}:callbacks:due:${address}`,
    callbackLeases: `${base}:callbacks:leases`,
    callbacksFailing: `${base}:callbacks:failing`,
    callback: (id: string) => `${base}:callback:${id}`,
    callbackAttempts: (id: string) => `${base}:callback-attempts:${id}`,
  } as const;
}

export type RedisKeyNames = ReturnType<typeof keysBelow>;
