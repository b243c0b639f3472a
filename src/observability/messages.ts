/**
 * The lines of the log and the problems of /readyz: what happened, then what to do. A change of wording is a change here.
 */
export const messages = {
  // callbacks
  callbackGivenUp: "callback given up; to send it again, POST /api/jobs/{id}/callback",
  callbackFailed: "callback failed; it will be retried",
  callbacksUnreadable: "callbacks cannot be read or written; they will be retried",

  // dependencies
  targetWorks: (target: string) => `${target} accepts reports again: delivery resumes`,
  targetFails: (target: string, problem: null | string) => `reports cannot be delivered to ${target}: ${problem}`,
  sourceWorks: "the data source responds again: gathering resumes",
  sourceFails: (problem: null | string) => `the data source does not work: ${problem}`,
  domainWorks: "Domain responds again: gathering resumes",
  domainFails: (problem: null | string) => `Domain does not work: ${problem}`,
  partnersFail: "the partners service does not work: reports are made without partners",
  noData:
    "there is no data yet: the catalogue is empty and no other source is set. Import an export (agentlink import FILE, or the API; docs/data.md), or set AGENTLINK_SOURCE_URL or AGENTLINK_DOMAIN_KEY",
  notInPackages: (kind: string) =>
    `the packages of the Domain key do not allow ${kind}: reports are made without this data`,
  jobsContinue: (count: number, jobs: string, dependency: string) =>
    `${count} ${jobs} that waited for ${dependency} can continue`,

  // log
  linesLost: "log lines were lost here: the reader of the log was too slow, or could not store them",

  // observability
  jobUnreadable: (status: string) => `job ${status}; its record cannot be read`,
  attemptFailed: "attempt failed; the job will be retried",
  moreRecovered: "more attempts ended with their process; their jobs were recovered",
  jobCrashed: "job failed: its renders crashed the process",
  cancelledByEnd: "job cancelled: its process had ended before the cancel took effect",
  crashedWhileRendering: "the process ended while it rendered this report; the next render is isolated",
  endedDuringAttempt: "the process ended during this attempt, which does not count; the job is queued again",

  // readiness
  notProcessed: "jobs cannot be processed",
  queueFull: (open: number, limit: number) =>
    `the queue is full: ${open} jobs are open, and the limit is ${limit} (AGENTLINK_QUEUE_LIMIT)`,
  folderDeleted: (dataDir: string) => `the data folder ${dataDir} was deleted`,
  descriptorsShort: (open: number, limit: number) =>
    `${open} of ${limit} files and connections are open: restart the service (nothing is lost), and raise its limit (LimitNOFILE)`,
  diskNearlyFull: (dataDir: string, megabytes: number) =>
    `the disk of ${dataDir} is nearly full: ${megabytes} MB are free`,
  callbacksFail: (problem: string) => `callbacks are not sent: ${problem}`,
  requestsRefused: "every request is refused",
} as const;
