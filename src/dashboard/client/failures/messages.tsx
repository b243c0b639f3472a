import type { ComponentChildren } from "preact";

/** The sentences of the page of failures. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // page
  whatAppearsHere: "Jobs that failed permanently appear here by cause, until you retry the jobs or dismiss the cause.",
  moreThanCounted: "More jobs have failed; the latest 5,000 are counted.",
  retryConsequence: (errorCode: ComponentChildren) => (
    <>
      All that failed for {errorCode} are queued again, with all attempts available. Each resumes at its last finished
      stage. If the cause still exists, they fail again.
    </>
  ),
  dismissed: (errorCode: string) => `${errorCode} is dismissed until another job fails for it`,
} as const;
