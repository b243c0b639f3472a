/** What callers read who may not see all of a job or a target. A change of wording is a change here. */
export const messages = {
  failedElsewhere:
    "The report failed for a reason outside the request. The error code names the kind of problem; the operator of the service can see the details.",
  onlyAdmins: "only an admin can see the reason",
  undeliverable: (target: string) => `reports cannot be delivered to ${target}`,
  failed: "The job failed.",
  cancelled: "The job was cancelled.",
} as const;
