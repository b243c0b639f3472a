import type { ComponentChildren } from "preact";

/** The sentences of the catalogue's page. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // changes
  undoConsequence:
    "The rows it added are removed, and the rows it replaced are restored. Rows that a later import changed stay as they are.",
  laterRowsStay: (rows: string) => `; ${rows} of later imports stay`,
  undone: (id: number, rows: string, restored: string, stays: string) =>
    `Import ${id} undone: ${rows} removed, ${restored} as before${stays}`,
  removeTitle: (name: string) => `Remove ${name} from the catalogue?`,
  removeConsequence: "would be removed. You can undo this in the list of imports.",
  clearTitle: "Remove everything from the catalogue?",
  cannotBeUndone: "this cannot be undone",
  nothingToRemove: "There is nothing to remove",
  undoToRestore: (importId: number) => `; undo import ${importId} to bring them back`,
  clearConsequence: (rows: string, cannotUndone: ComponentChildren) => (
    <>
      All {rows} are removed permanently: {cannotUndone}. Saved mappings stay.
    </>
  ),

  // picked
  oneFileAtATime: "Drop one file at a time: each file is checked before it is imported.",

  // imports
  nothingImported: "Nothing has been imported yet.",

  // localities
  localities: "List the suburbs in the catalogue",
  tooOld: ", too old for a current report",

  // sample
  isSample: "This is the sample",
  aboutSample:
    "The agents, agencies and sales here are fictitious, and every page of a report made from them says so. The first import of your own data removes the sample; an undo restores it.",

  // page
  howToSearch: "Search by part of a suburb's name, with a state or postcode if needed.",
  dropToCheck: "Drop the file to check it. Nothing is imported yet.",
  emptyForAdmin:
    "Reports are made from your sales, listings and agents. Drop an export here: a spreadsheet or CSV of your CRM, a REAXML feed, or the zip of the NSW register of sales. You see how the file was read before anything is imported.",
  emptyForOthers: "Reports are made from sales, listings and agents. An administrator of this service imports them.",
} as const;
