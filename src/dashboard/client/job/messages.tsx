/** The sentences of a job's page. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // callbacks
  callbackResent: "The callback will be sent again",
  hiddenReceiver: "to a receiver that only an admin can see",
  reportsThatJob: (ended: string) => <>reports that the job {ended},</>,
  callbackFailing: "Failing, will be retried",

  // now
  nextInQueue: "next in the queue",
  numberInQueue: (queuePosition: string) => `number ${queuePosition} in the queue`,

  // pdf
  noPdf: "There is no PDF.",
  pdfComing: "The PDF appears here as soon as it is rendered.",

  // timeline
  afterAccepted: "after it was accepted",
  stopping: "Requeued: the service stopped",
  deliveryBusy: "Requeued: waited for a delivery slot",
  deliveryClosed: "Requeued: the target accepted nothing at the time",
  unclaimed: "Requeued: its host was not notified",
  reportGone: "Requeued: the PDF was missing and is rendered again",
  cancelling: "Cancelled: the next attempt checks what was delivered",

  // page
  notShown: "The job cannot be shown",
  againTitle: (job: string) => `Request the report for ${job} again?`,
  againAsDraft: "It is not delivered until you send it.",
  draftRendered: "This is a draft and was not delivered. Send delivers it as it is.",
  draftNotRendered: "This is a draft. When it is rendered, you can check it and send it.",
  againConsequence: (kind: string) => (
    <>
      It is requested once more, as a new {kind}, with the current data; data that was sent with the request is not
      stored.
    </>
  ),
} as const;
