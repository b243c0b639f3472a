import type { ComponentChildren } from "preact";

/** The sentences of the overview. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // pause
  queuePaused: "The queue is paused",
  pausedConsequence: (ago: ComponentChildren) => <>, {ago}. Requests are stored; no job starts.</>,

  // catalogue
  fromSample: "Reports are made from the sample",
  dataOld: "The data is old",
  aboutSample: "The agents, agencies and sales are fictitious, and every page of a report says so.",
  newestSaleAge: (newest: string) =>
    `The newest sale in the catalogue is ${newest} old, so reports describe that time.`,
  toCatalogue: "Go to the catalogue",
  addData: "Add your data first",
  noData:
    "The catalogue is empty and no other source is set, so only requests that contain their own data can become reports.",
  adminImports: "An administrator imports it.",
  createFirstKey: "create the first key",
  deliveredTo: (targets: string, test: ComponentChildren, settings: ComponentChildren) => (
    <>
      Reports are delivered to {targets}: {test}, or see {settings} to deliver elsewhere and to notify people of
      problems.
    </>
  ),
  localLinks: (setting: ComponentChildren) => (
    <>Links work only on this machine. For others, set the address of the service: {setting}.</>
  ),
  requestFirstReport: "request the first report",
  localRequests: (createFirstKey: ComponentChildren) => (
    <>The service accepts only requests from this machine. For others, {createFirstKey}.</>
  ),

  // charts
  durations: (medianSeconds: string, slowest: string) =>
    `latest median ${medianSeconds}, slowest twentieth at most ${slowest}`,
  asTable: "The same as a table",
  emptyPeriods: (periods: string) => `Not shown: ${periods} in which no job ended.`,

  // problems
  noDataYet: "there is no data for reports yet",
  failedLastHour: (jobs: string) => `${jobs} failed in the last hour`,
  memoryFull: "memory is nearly full",
  diskFull: "the disk is nearly full",
  slow: "the service responds late",
  neverDelivered: "no delivery on record",
  failingSince: (failingSince: string, times: string, lastError: string, success: string) =>
    `failing since ${failingSince}, ${times} in a row: ${lastError}; ${success}`,

  // running
  runningUnknown: "Unknown: the service does not respond.",
  nothingWhilePaused: "Nothing: the queue is paused.",
  nothingButWaiting: (jobsWait: string) => `Nothing: ${jobsWait} for another attempt.`,
  nothingRunning: "Nothing. The next job starts at once.",

  // page
  noResponse: "The service does not respond",
  paused: "Paused: no new job starts.",
  lastUpdated: (ago: string) => <>: this page was last updated {ago}.</>,
} as const;
