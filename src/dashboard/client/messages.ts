/** The sentences of every page: the frame, a job's operations, and what a job waits for. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // api
  noResponse: "The service does not respond. It may be restarting; try again in a moment.",
  respondedWith: (status: number) =>
    status === 413
      ? "The request is too large for the proxy in front of the service (413). Choose smaller files."
      : `The service or the proxy in front of it responded with ${status}. Try again in a moment.`,
  internalError: (requestId: string | null) =>
    `The service had an internal error. Try again in a moment. If it happens again, tell the operator, who can find the cause in the log${requestId === null ? "" : ` under the id ${requestId}`}.`,

  // words
  waitsPaused: "waits, because the queue is paused",
  waitsForMemory: "waits for memory",
  waitsForGatherSlot: "waits for a free slot to gather data",
  waitsForDeliverySlot: "waits for a free delivery slot",
  waitsForRenderSlot: "waits for a free render thread",

  // operations
  discardTitle: (job: string) => `Discard the draft for ${job}?`,
  discardConsequence: "The draft and its PDF are deleted. It was not delivered.",
  cancelTitle: (job: string) => `Cancel the report for ${job}?`,
  cancelRunning:
    "The job is running and ends at its next step. An upload to a delivery target that has started is completed first; if it succeeds, the job completes.",
  cancelQueued: "The job has not started and will not start.",
  cancelCameTooLate: (job: string, stage: string) => `${job}: ${stage}; the cancel came too late`,
  cancelRequested: (job: string) =>
    `${job}: cancel requested; an upload to a delivery target that has started is completed first`,
  retryTitle: "Retry these failed jobs?",
  everyMatchingJob: (filters: string) => `Every failed job that matches ${filters}`,
  resumesAtLastStage: "Each resumes at its last finished stage: what was rendered is not rendered again.",
  noFailedJobLeft: "No failed job is left",
  pauseConsequence:
    "New requests are still accepted and stored. Running jobs finish; no other job starts, on any host, until the queue is resumed.",
  queuePaused: "The queue is paused",
  noneWaiting: "No job is waiting to start.",
  canStart: (jobs: string) => `${jobs} can be started at once.`,
  queueResumed: "The queue is resumed",
  canBeRetried: "It can be retried later.",
  queuedAgain: "is queued again, with all attempts available.",

  // pages
  pageNotLoaded: "This page could not be loaded",
  downOrUpdated: "The service does not respond, or was updated since you opened it.",

  // shortcuts
  toOverview: "Go to the overview",
  toJobs: "Go to the jobs",
  toCatalogue: "Go to the catalogue",
  newReport: "Request a new report",
  nextJob: "Next job in the list",
  previousJob: "Previous job in the list",
  retryJob: "Retry the job shown",
  cancelJob: "Cancel the job shown",

  // app
  skipToContent: "Skip to the content",
  sessionEnded: "Your session has ended.",
  stateAtThatTime: "This page shows the state at that time.",
} as const;
