import { quoted } from "../../text/visible-text.ts";

const PICTURE_LEFT_OUT = "A picture is left out: ";
const MORE_PICTURES = "more pictures cannot be drawn and were left out.";

/** Is the note on a picture that is not in the report? The job has it as a warning, too. */
export function isPictureNote(note: string): boolean {
  return note.startsWith(PICTURE_LEFT_OUT) || note.endsWith(MORE_PICTURES);
}

/**
 * The sentences about data that a source or the catalogue has, or lacks: what happened, then what to do. A change of wording is a change here.
 */
export const messages = {
  // business-row
  partnerLocalities: "places (or suburb and state) are required: where to show the partner, such as Manly NSW",
  toBeforeFrom: (to: string, from: string) => `to ${to} is before from ${from}`,
  rateOrder: (index: number) => `rates/${index}/rate_to must not be less than rate_from`,
  localityWithoutState: (text: string) =>
    `the suburb ${quoted(text)} lacks a state: write it as Manly NSW or Manly NSW 2095`,
  stateOrArea: "give either a state or an area_kind",
  order: (name: string) => `${name}_to must not be less than ${name}_from`,
  postcodeOrSuburb: "give a postcode, a suburb or both",

  // commit
  catalogueNotSynced: (code: string) =>
    `the disk that holds the catalogue reports an error (${code}), so the latest changes may be lost: check the disk and its file system (dmesg), then repeat the missing changes`,

  // csv
  cellCount: (cells: number, columns: number) => `has ${cells} cells, but the header has ${columns}`,
  emptyFile: "the file is empty: its first row must name the columns",
  separator: (separator: string) =>
    `the columns are separated by ${separator} instead of commas: save the file with commas (in a spreadsheet program: "CSV UTF-8", with commas)`,
  missingColumns: (missing: string, kind: string, known: string) =>
    `the first row must name the columns; missing: ${missing} (known for ${kind}: ${known})`,
  columnTwice: (column: string) => `the column ${quoted(column)} appears twice: rename or remove one of the two`,
  unknownColumn: (name: string) => `the column ${quoted(name)} is unknown and was ignored`,

  // database
  catalogueUnopened: (path: string, reason: string) => `the catalogue ${path} cannot be opened: ${reason}`,
  newerCatalogue: (version: number, known: number) =>
    `the catalogue has version ${version}, but this program supports up to ${known}: update the program`,

  // document
  dataSetWithoutSuburb: "the data set must name its suburb: add suburb.name and suburb.state",
  unknownField: (path: string) => `${path} is unknown and was ignored`,

  // import-failures
  rowsRefused: (rows: string, where: string, reason: string | undefined) =>
    `${rows} cannot be imported, so nothing was imported; the first: ${where}: ${reason}`,
  otherImport: "another import is in progress: try again when it is complete",

  // import
  importEnded: "the import was ended before it was complete",

  // input
  notText: (what: string) =>
    `the file is ${what}, not a table in text: open it in the spreadsheet program and save it as "CSV UTF-8", then import that file`,
  notUtf8: (line: number) =>
    `line ${line} is not UTF-8 text: save the file as UTF-8 (in a spreadsheet program: "CSV UTF-8")`,
  longLine: "the line is longer than 4 MB",
  longRow: "the row is longer than 4 MB",
  notJson: (why: string) => `is not JSON: ${why}`,
  nestedTooDeep: (most: number) => `is nested more than ${most} levels deep`,
  badDocument: (reason: string) => `the document ${reason}`,
  badRow: (row: number, reason: string) => `row ${row} of the list ${reason}`,
  jsonTooLarge: (mebibytes: number) =>
    `a JSON document may have at most ${mebibytes} MiB: send the rows as NDJSON, one row per line, which has no limit`,

  // json-list
  endsEarly: "ends early: export it again",
  moreAfterEnd: "continues after its end",
  notList: "the JSON document must be a list of rows: [ {…}, {…} ]",
  badList: (problem: string) => `the list of rows ${problem}`,

  // locality-list
  fewSales: (sales: number, full: number) => `sales: ${sales} in twelve months; a full report needs ${full} or more`,
  noAgents: "agents: no sale of the last twelve months names an agent",

  // row
  unknownRowField: (name: string) => `the field ${quoted(name)} is unknown and was ignored`,
  suburbWithState: "suburb and state belong together: give both",
  suburbRequired: "suburb and state are required",
  noSuchDay: (key: string, day: string) => `${key} ${day} is not a day of the calendar`,

  // sample-rows
  sampleBesideData:
    "the catalogue has your own data, and sample data (a source that is synthetic) must not be mixed with it, so nothing was imported. Use another data folder (--data-dir), or empty the catalogue first (agentlink catalogue clear)",

  // undo
  noImport: (id: number) =>
    `There is no import ${id}. \`agentlink catalogue imports\` and GET /api/catalogue/imports list the imports.`,
  undoneBefore: (id: number, undoneAt: string) => `The import ${id} was already undone, at ${undoneAt}.`,
  olderImport: (id: number) => `The import ${id} was made by an older version and cannot be undone.`,

  // body
  unexpectedJson: (reason: string) => `its response is JSON of an unexpected shape${reason}`,

  // cache
  cacheInMemory: (reason: string) => `${reason}; responses are cached in memory until the next restart`,
  cacheUnused: (path: string, reason: string) =>
    `the cache ${path} cannot be used: ${reason}; requests go to Domain instead`,
  cacheUnopened: (path: string, reason: string) => `the cache ${path} cannot be opened: ${reason}`,

  // client
  redirected: (response: string) => `${response}, and redirects are not followed: check AGENTLINK_DOMAIN_URL`,
  throttled: (response: string) => `${response}: requests to it are paused`,
  throttledFor: (response: string, pause: string) => `${response}: requests to it are paused${pause}`,
  noResponses: "did not respond to the last calls",
  notInPackages: (kind: string) => `the packages of the Domain key do not allow ${kind}`,

  // gather
  agenciesAndAgents: "agencies and their agents",
  leftOutByPackages: (kinds: string) => `Left out, because the packages of the Domain key do not allow it: ${kinds}.`,
  leftOutThisTime: (kinds: string) => `Left out, because Domain did not return it this time: ${kinds}.`,
  searchesCut: (count: number) =>
    `Domain returns at most 1,000 sales of one type and month; ${count === 1 ? "1 search" : `${count} searches`} had more, so some sales are missing.`,

  // mapping
  townhouses: (kind: string) => `Townhouses and villas count as ${kind}s.`,

  // merge
  mergedCatalogue: (rows: string, joined: number) =>
    `${rows} from the catalogue and not from Domain; ${joined} of the catalogue's ${joined === 1 ? "is" : "are"} also in Domain's data.`,

  // quota
  dailyQuota: (at: string) => `Domain's daily quota is used up; it resets at ${at}`,
  minuteQuota: (calls: number | string) =>
    `Domain's quota of ${calls} calls a minute is used up; it resets within a minute`,

  // results
  auctions: (day: string, suburb: string, results: string) =>
    `Auctions of ${day} in ${suburb}, as Domain reported them: ${results}. They cover only one week, so unsold results are not included in any rate.`,

  // token
  tokenRefused: (status: number, why: string) =>
    `Domain returned no token: ${status}${why}: correct AGENTLINK_DOMAIN_CLIENT_ID and AGENTLINK_DOMAIN_CLIENT_SECRET`,
  tokenUnavailable: (status: number, why: string) => `Domain returned no token this time: ${status}${why}`,
  noTokenForScopes: "Domain returned no token for any scope",

  // pictures
  pictureOf: (field: string, owner: string, host: string, problem: string) =>
    `${PICTURE_LEFT_OUT}the ${field} of ${owner} (${host}) ${problem}.`,
  pictureNotReceived: "could not be downloaded: check its address",
  pictureRedirected: (most: number) =>
    `could not be downloaded: its host redirected more than ${most} times; open the address in a browser and use the one that it ends at`,
  pictureBrokenOff:
    "could not be downloaded: its host closed the connection too early; a later report requests it again",
  pictureRefused: (status: number) => `could not be downloaded: its host responded with ${status}`,
  pictureTooSlow: "did not arrive in time; a later report requests it again",
  pictureTooLarge: (megabytes: number) => `has more than ${megabytes} MB: use a smaller one`,

  // http
  pictureLeftOut: (path: string, reason: string) => `${PICTURE_LEFT_OUT}${path} ${reason}.`,
  morePictures: (count: number) => `${count} ${MORE_PICTURES}`,
  unexpected304: "the status is 304, although the request had no condition",
  sourceResponded: (status: number) => `the data source responded with ${status}`,
  partnersResponded: (status: number) => `the partners service responded with ${status}`,
  checkSource: ": check AGENTLINK_SOURCE_URL and the network",
  sourceRespondedFor: (status: number, suburb: string, state: string) =>
    `the data source responded with ${status} for ${suburb} ${state}`,
  sourceUnusable: (suburb: string, state: string, problem: string) =>
    `the data source's response for ${suburb} ${state} cannot be used: ${problem}`,
} as const;
