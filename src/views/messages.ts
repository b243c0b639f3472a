/** What a caller reads of a job or a target who may not see all of it. A change of wording is a change here. */
export const messages = {
  failedElsewhere:
    "The report failed for a reason outside the request; the operator of the service sees the details. The code says which kind of reason.",
  onlyAdmins: "only an admin is shown the reason",
  undeliverable: (target: string) => `reports cannot be delivered to ${target}`,
  failed: "The job failed.",
  cancelled: "The job was cancelled.",
} as const;
