/** Why a report cannot be rendered, and what to do. A change of wording is a change here; what a report says is in its sections. */
export const messages = {
  // The operator's own PDFs
  passwordPdf: "it is protected: save it without a password",
  noPages: "it has no pages",
  notPdf: (path: string, reason: string) => `${path} is not a PDF that can be joined with others: ${reason}`,
  noFirstPage: (path: string, reason: number) => `${path} has no first page: ${reason}`,
  notStandard: (path: string, needed: string, standard: string) =>
    `${path} is not ${needed}, so the complete document cannot be ${standard}: save the file as ${needed}, or omit pdf_standard`,

  // Fonts
  uncovered: (names: string, replacement: string) =>
    `No font has all letters of ${names}: the document shows ${replacement} in their place. Send the name in other letters`,
  damagedFont: (file: string) => `${file} ends within a font: the program is damaged, install it again`,
  fontMissing: (path: string, file: string) => `${path} is not in ${file}: build the program with \`bun run build\``,

  // Renders
  isolatedEnded: (reason: number | string) => `the process of the isolated render ended: ${reason}`,
  isolatedTooLarge: (used: string) =>
    `the report used more than ${used} in a separate process: raise AGENTLINK_MEMORY_LIMIT, or send less data`,
  tooLarge: (used: string) =>
    `the service used more than ${used} while it rendered this report; the report is rendered again in a separate process. If this happens often, raise AGENTLINK_MEMORY_LIMIT`,
  cmykPicture: (standard: string) =>
    `a CMYK picture cannot be used in ${standard}: send the logo and the photos in RGB`,
  stopping: "the service is stopping: the report is rendered after the next start",
  threadEnded: (reason: string) => `the thread that rendered the report ended: ${reason}`,
  dataSetNotJson: "the data set is not JSON: send it again",
  diskFull: (file: string) => `the disk is full, so ${file} cannot be written: free some space`,
} as const;
