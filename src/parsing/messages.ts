import { quoted } from "../text/visible-text.ts";

/** Why a body cannot be read, and what to send. A change of wording is a change here. */
export const messages = {
  // json
  notJson: (reason: string) => `The body is not JSON: ${reason}.`,
  notUtf8: (what: string) => `The body is ${what}. Save or send it as UTF-8 (in a spreadsheet: "CSV UTF-8").`,
  nestedTooDeep: (most: number) => `The body is nested more than ${most} levels deep.`,

  // parsing
  stopping: "The service is stopping. Send the request again.",

  // requests
  listOfRequests: (most: number) => `a list of 1 to ${most} requests`,
  unknownField: (name: string) => `${quoted(name)} is not a field of a batch and was ignored`,
  tableOfRequests: (most: number) => `a table of 1 to ${most} requests`,
  headerRow: (detail: string) => `Send a header row and ${detail}, one row for each.`,
  unknownColumn: (name: string) => `the column ${quoted(name)} is unknown and was ignored`,
  invalidRequests: (invalid: string, all: number) =>
    `${invalid} of the ${all} requests are not valid, so no request was accepted. Correct them and send the batch again.`,

  // table
  missingSuburb:
    "The first row must name the columns, but suburb is missing. The other columns are fields of a request, such as state.",
  columnTwice: (column: string) => `The column ${quoted(column)} appears twice. Rename or remove one of the two.`,
  longRow: (first: string, cells: number, columns: number) =>
    `The row that begins with ${quoted(first)} has ${cells} cells, but the header has ${columns}. Put a cell that contains a separator in quotation marks.`,
  notCsv: (reason: string) => `The body is not CSV: ${reason}.`,
} as const;
