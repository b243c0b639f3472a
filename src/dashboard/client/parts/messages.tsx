import type { ComponentChildren } from "preact";

/** The sentences of the parts of several pages. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // first-report
  oneCall: "A program requests a report with one call. This one is for Manly; run it in a shell:",
  orHere: (form: ComponentChildren, catalogue: ComponentChildren, api: ComponentChildren) => (
    <>
      Or request one here: {form} follows the job to its PDF. Put your data into {catalogue} first, or send it with the
      request; {api} says how.
    </>
  ),
  readOnly: "Your key can only read. Jobs of its client appear here as soon as one is accepted.",
} as const;
