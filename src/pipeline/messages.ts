/**
 * The sentences that attempts end with, and those of the log: what happened, then what to do. A change of wording is a
 * change here.
 */
export const messages = {
  // attempt
  stageTimeout: (stage: string, limit: string) => `${stage} took longer than ${limit} and was stopped`,

  // course
  nothingToDeliver: "the job has no report to deliver: submit it again",

  // ending
  stopping: "the service is stopping: the job resumes after the next start",
  cancelled: "the job was cancelled",
  claimedByOther: "another attempt has claimed the job",

  // making
  needsOtherDocuments: (kind: string) => `the document ${kind} needs other documents, but the job has none of them`,
  noDocument: "the request names no document: submit it again",
  dataSetMissing: "the job's data set is missing from the database: submit it again",
  documentFailed: (kind: string, reason: string) => `The document ${kind} could not be rendered: ${reason}`,

  // pruning
  pdfsNotDeleted: "PDFs of deleted jobs could not be deleted; the deletion will be retried",
  pruningFailed: "pruning failed; it will be retried later",

  // render-again
  documentUnknown: (kind: string) => `this version of agentlink cannot render the document ${kind}`,
  requestNotJson: "the stored request is no longer valid JSON: submit it again",
  pdfDeleted: (id: string) =>
    `The PDF of job ${id} was deleted, and this version of agentlink would render a different one. Retry the job.`,

  // stages
  noData: (name: string) =>
    `no data for ${name}: send it as "data" in the request, or import it with \`agentlink import\` or PUT /api/catalogue`,

  // target-slots
  uploadsHang: (target: string, seconds: number) =>
    `no upload to ${target} has had a response for ${seconds} s: the report is delivered when ${target} responds again`,

  // targets
  cancelledOrClaimed: "the job was cancelled, or another attempt has claimed it",
  cancelledDuringDelivery: (target: string, reason: string) =>
    `the job was cancelled during the delivery to ${target}, and it is not known yet whether the report arrived: ${reason}`,
} as const;
