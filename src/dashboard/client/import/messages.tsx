/** The sentences of the import's page. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // done
  undone: "The import was undone",
  catalogueAsBefore: "the catalogue is as it was before",
  failedForLackOfData: "Reports that failed because this data was missing",

  // columns
  synonym: "another name for it",
  mappingSaved: (name: string) =>
    `Mapping ${name} saved: use it for the next file, or with agentlink import --map ${name}`,
  mappingNameRule: "Letters, digits, dots, hyphens and underscores",
  saveMappingAs: "Save this mapping as",

  // understood
  registerFiles: (sales: string) => `Files of the NSW register: ${sales}.`,
  reaxmlFeed: (listings: string, sold: string, forSale: string, rentals: string) =>
    `A REAXML feed: ${listings}, of which ${sold} sold, ${forSale} for sale and ${rentals} for rent.`,
  wholeDataSet: (counts: string) => <>A whole data set: {counts}.</>,
  madeFromNames: (made: string) => `, and ${made} made from the names in the rows`,
  byFileName: "the file name says",
  headerRow: (headerRow: number) => `columns named in row ${headerRow}`,
  rulesUsed: "How values were read:",
  firstRows: "The first rows, as they will be stored",

  // the file as checked
  fileChecked: "The file was checked.",
  unused: "Not used by any report",
  unreadable: "Could not be read",
  pending: "Waits for another message",
  wouldChange: "The catalogue would change as follows",
  removesSample: "The sample data is removed; an undo restores it.",
  nothingNew: "All its rows are already in the catalogue, or none of them can be used.",
  leaveOutUnreadable: (rows: string) => <>Leave out the {rows} that cannot be read, and import the others</>,
  kindOfRows: "Kind of rows",
  defaultSuburb: "Suburb of rows that name none:",
  unknownKind: "What does it contain?",
  badHeader: "Choose what its columns are",
  badRows: "Its rows cannot be read",
  notSent: "The file could not be sent",
  notImportable: "This file cannot be imported",
  missingColumns: (missing: string) => `No column was recognised as ${missing}. Choose below what each column is.`,
  chooseKind: "Its name and columns do not show what its rows are. Choose that below.",

  // page
  imported: (name: string, gained: string | null) => `${name} is imported: ${gained ?? "nothing new"}`,
  adminsOnly: "Your key can only read the catalogue. To import, sign in with an admin key.",
  seeImports: (message: string) => `${message} The list of imports shows whether the file was imported.`,
  dropToCheck: "Drop the file to check it. Nothing is imported yet.",
  dropHere: "Drop a file here",
  anyRows: "sales, listings, agents or agencies",
  rowsOfLocality: (suburb: string) => `sales or listings in ${suburb}`,
  whatCanBeDropped: (rows: string) => (
    <>
      A spreadsheet or CSV export of {rows}, a REAXML feed, the zip of the NSW register of sales, or a data set in JSON.
      You see how the file was read before anything is imported.
    </>
  ),
} as const;
