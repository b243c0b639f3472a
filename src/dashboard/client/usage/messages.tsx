/** The sentences of the page of usage. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // page
  aboutUsage: (who: string) => (
    <>
      What {who} requested and received, one row per month. A report counts in the month in which it was completed, and
      stays here when its job is deleted.
    </>
  ),
  noReports: "No report was requested in these months.",
  caption: "Reports by client and month",
} as const;
