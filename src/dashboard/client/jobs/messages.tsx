/** The sentences of the list of jobs. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // many
  cancelConsequence: "Running jobs end at their next step. Cancelled jobs can be retried later.",
  retryConsequence: "Each resumes at its last finished stage.",
  deleteConsequence:
    "The jobs and their PDFs are deleted permanently. Delivered files stay where they are. Jobs that were requested in the last 24 hours with an Idempotency-Key, as with this form, stay for that time.",
  noneApplies: (jobs: string, action: string) => `None of the ${jobs} is in a state to ${action}`,
  othersStay: (jobs: string) => <>The other {jobs} of your selection stay as they are.</>,
  endingLater: (requested: number) => `, ${requested} end at their next step`,
  notDeleted: (retained: number) =>
    `; ${retained} stay: their callback is not delivered yet, or they were requested with an Idempotency-Key in the last 24 hours`,

  // bar
  allSelected: "All that match are selected",
  selectAll: "Select all that match",

  // filters
  showAllClients: "Show those of all clients, not only of",
  searchLabel: "Search the jobs by suburb, client or id",
  searchPlaceholder: "Suburb, client or job id",

  // views
  viewName: "Name of the view",
  viewNameNeeded: "Give the view a name.",

  // page
  howToSearch: "Search by the beginning or the end of an id, by words of a suburb, or by client.",
  ofMatchingJobs: "of the jobs that match",
} as const;
