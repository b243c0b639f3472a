/** The sentences of a migration between a data folder and Redis. A change of wording is a change here. */
export const messages = {
  // from-redis
  movingAway: "jobs are being moved away: agentlink migrate --to sqlite",
  movedAway: "its jobs were moved to the data folder of one host",

  // migration
  redisUnset: "AGENTLINK_REDIS_URL must be set to the Redis that jobs are moved to or from",
  noJobs: (path: string) => `there are no jobs at ${path}: name the data folder with --data-dir`,

  // to-redis
  movingHere: "jobs are being moved here: agentlink migrate --to redis",

  // to-sqlite
  otherJobs: (path: string) => `${path} already contains other jobs: use another data folder`,
} as const;
