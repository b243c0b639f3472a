/** The sentences of the audit list. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // page
  adminsAndViewersOnly: "Only admins and viewers can see who did what.",
  caption: "Who did what, latest first",
  subjectAndResult: "To what, and the result",
} as const;
