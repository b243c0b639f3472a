/** The sentences of a suburb's page. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // page
  salesSpan: (records: string, oldest: string, newest: string, sales12m: string) =>
    `${records} of sales from ${oldest} to ${newest}; ${sales12m} sold in the twelve months to the newest`,
  noData: "No data about this suburb yet",
  notShown: "This suburb cannot be shown",
  adminImports: "An administrator of this service imports it.",
  lacking: "What a full report lacks",
  noPeople: "None: name them in the rows of sales, or import a file with them.",
} as const;
