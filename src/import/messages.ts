import { quoted } from "../text/visible-text.ts";

/**
 * The sentences of an import that a person reads, at the command line, in the log, in a response or in the inbox: what
 * happened, then what to do. A change of wording is a change here; which rows and files a sentence is about is decided
 * where it is used.
 */
export const messages = {
  // Files that are not tables
  webPage:
    'the file is a web page or an XML spreadsheet: open it in the spreadsheet program, save it as .xlsx or as "CSV UTF-8", and import that file',
  zipWithoutFeed:
    "the zip contains neither REAXML (.xml) nor a file of the NSW register (.DAT): POST tables to /api/import",
  zipWithoutTable:
    "the zip contains no table (.csv, .tsv, .xlsx, .xls, .ods, .json, .ndjson), no REAXML (.xml) and no file of the NSW register (.DAT): add the export to the zip, or import the export directly",
  notTable: (what: string, then: string) => `the file is ${what}, not a table: ${then}, then import that file`,
  openAndSave: 'open it in the spreadsheet program and save it as .xlsx or as "CSV UTF-8"',
  requestExport: "ask the sender for the export as Excel or CSV",
  copyTable: "copy its table into a spreadsheet and save the spreadsheet as .xlsx",
  exportTable: 'export its table as CSV: sqlite3 -header -csv FILE "SELECT * FROM …"',
  oldWorkbook: (version: number) => `a workbook of Excel ${version}`,
  saveAttachment: "save its attachment",
  saveAsXlsx: "save it as .xlsx (File, Save As, Excel Workbook)",
  exportNumbers: "export it as Excel or CSV (File, Export To)",

  // Any file
  noFile: "there is no file of this name: correct its path",
  unreadableFile: (reason: string) => `the file cannot be read: ${reason}`,
  standardInputNotStored: (folders: string, reason: string) =>
    `standard input cannot be stored in ${folders}: ${reason}`,
  fileTooLarge: (mebibytes: number) =>
    `the file is larger than ${mebibytes} MiB: save it as CSV, which has no size limit`,
  utf32: "the file is UTF-32 text: save it as UTF-8",
  notUtf8: (line: number) =>
    `line ${line} is not UTF-8 text: save the file as UTF-8 (in a spreadsheet program: "CSV UTF-8")`,
  unclearKind: (name: string, kinds: string) =>
    `the columns of ${name} do not show the kind of its rows: give the kind, one of ${kinds}`,
  diskFull: (reason: string) =>
    `the disk is full, so nothing was imported: free some space and import the file again (${reason})`,
  stopping: "The service is stopping. Send the file again.",

  kindIgnored: (kind: string) => `the kind ${kind} was ignored, because the file determines the kinds of its rows`,
  mapIgnored: "the map was ignored, because the file has no columns to map",

  // The header
  emptyFile: "the file is empty: its first row must name the columns",
  noRows: "the file has no rows: export it again with the rows to import",
  columnAgain: (column: string) =>
    `the column ${quoted(column)} appears more than once: the first one is read; use a map to choose another`,
  columnTwice: (column: string) => `the column ${quoted(column)} appears twice: rename or remove one of the two`,
  missingColumns: (missing: string, found: string, kind: string, known: string) =>
    `the first row must name the columns; missing: ${missing} (found: ${found}; known for ${kind}: ${known}). Use a map for columns with other names: docs/data.md`,
  unknownColumn: (column: string) => `the column ${quoted(column)} is unknown and was ignored`,
  unknownDays: (column: string, field: string) =>
    `the column ${quoted(column)} has dates, but its name does not say which: if they are ${field}, say so in a map`,
  columnUnlike: (column: string, field: string) =>
    `the column ${quoted(column)} was ignored, because its values do not look like ${field}: use a map if they are`,
  columnOther: (column: string, field: string, other: string) =>
    `the column ${quoted(column)} was ignored, because ${field} is read from ${quoted(other)}: use a map to choose another`,
  soldBySettlement: (column: string) =>
    `sold_date is read from ${quoted(column)}, the settlement, which is often weeks after the contract: import the date of the contract if you have it`,
  soldByAuction: (column: string) =>
    `sold_date is read from ${quoted(column)}, although a property may be sold on another day: import the date of the sale if you have it`,
  soldByDate: (column: string) =>
    `sold_date is read from ${quoted(column)}, whose name does not say what day it is: use a map if it is another one`,
  unknownColumns: (count: number) => `${count} more columns are unknown and were ignored`,
  nothingBelowHeader: (row: number) => `row ${row} names the columns, and no rows follow it: move it above the rows`,
  columnsSwapped: (a: string, b: string, why: string) =>
    `the names of the columns ${quoted(a)} and ${quoted(b)} seem to be swapped (${why}): swap them`,
  listedAfterSales: "most listing dates are after the sale dates",
  moreBathsThanBeds: "most homes have more bathrooms than bedrooms",
  agentsAreAgencies: (agent: string, agency: string) =>
    `most agents have the name of an agency, such as ${quoted(agent)}, and most agencies that of a person, such as ${quoted(agency)}`,
  headerAgain: "repeats the column names",
  columnOfDays: (listed: number, sold: number) =>
    `column ${listed} has earlier days than column ${sold}, so column ${listed} was read as the listing date and column ${sold} as the sale date; use a map to change that`,

  // Rows
  cellsMissing: "fewer cells than the header: the missing cells are read as empty",
  lastRowCut: (lacks: number) =>
    `the file ends within its last row, which lacks ${lacks === 1 ? "a cell" : `${lacks} cells`}: export the file again, or end the row with a line break if it is complete`,
  cellsOpenQuote: (count: string) =>
    `${count}: a quotation mark (") is opened and not closed on its line: remove or close it`,
  cellsCutPrice: (count: string, price: string) =>
    `${count}: the commas of ${price} were read as separators: put the price in quotation marks ("${price}")`,
  cellsSurplus: (count: string, separators: string) =>
    `${count}: put values that contain ${separators} in quotation marks, or remove the cells after the last column`,
  cellCount: (cells: number, columns: number) => `has ${cells} cells, but the header has ${columns}`,
  rowNotObject: (type: string) => `the row must be an object, not ${type}`,
  rowNotList: (type: string) => `the row must be a list like the first row, not ${type}`,
  totalRow: "has no address: a note or a total, not a row",
  singleCell: "has a single cell: a note or a total, not a row",
  notDate: (field: string, text: string) =>
    `${field} must be a date such as 30/06/2026 or 2026-06-30, not ${quoted(text)}`,
  notInCalendar: (field: string, text: string, first: "day" | "month" | null) =>
    `${field} must be a day of the calendar, not ${quoted(text)}${first === null ? "" : ` (the ${first} is read first)`}`,
  notPrice: (field: string, text: string) =>
    `${field} must be an amount in Australian dollars, such as 1250000 or $1.25m, not ${quoted(text)}`,
  otherCurrency: (currency: string) =>
    `the amounts are in ${quoted(currency)}: convert them to Australian dollars, or remove the row`,
  columnCurrency: (column: string, currency: string) =>
    `the column ${quoted(column)} is in ${currency}: convert its amounts to Australian dollars and rename it`,
  notArea: (field: string, text: string) =>
    `${field} must be an area such as 450 m², 0.5 ha or 2 acres, not ${quoted(text)}`,
  notCount: (field: string, text: string) => `${field} must be a number such as 3, not ${quoted(text)}`,
  noSoldDate: "has no sold date, so no report can use the row: add sold_date",
  soldInFuture: (day: string) => `sold_date ${day} is in the future: correct it`,
  soldTooEarly: (day: string) => `sold_date ${day} is before 1950: correct it`,

  // The amounts of a whole file
  dollars: (amount: number) => `$${amount.toLocaleString("en-AU")}`,
  pricesSeem: (column: string, middle: string, unit: string, name: string) =>
    `the median price in the column ${quoted(column)} is ${middle}, so its prices seem to be in ${unit}: rename the column, such as "Price (${name})", or set their unit with "amounts" in a map`,
  pricesUnlikely: (column: string, middle: string) =>
    `the median price in the column ${quoted(column)} would be ${middle}: correct the unit in the name of the column, or set the unit with "amounts" in a map`,
  rentsUnlikely: (column: string, middle: string) =>
    `the median rent in the column ${quoted(column)} would be ${middle} a week: rename the column to the period of its rents, such as "Rent per week", "Rent per month" or "Rent per year"`,
  rentPeriodUnknown: (column: string) =>
    `the rents in the column ${quoted(column)} are by a period that cannot be converted: convert them to weeks and rename the column "Rent per week"`,
  areasTooSmall: (column: string, middle: string) =>
    `the median area in the column ${quoted(column)} would be ${middle} m², so its areas seem to be in hectares or acres: rename the column, such as "Land (ha)" or "Land (acres)"`,
  areasTooLarge: (column: string, middle: string) =>
    `the median area in the column ${quoted(column)} would be ${middle} m², so its areas seem to be in square metres: rename the column, such as "Land (m²)"`,
  landTooSmall: (least: number) => `less than ${least} m² of land: unknown`,

  // JSON
  jsonFields: (fields: string) => `; this document has ${fields}`,
  domainResponse: "a response of Domain's API",
  domainWithoutListing: "the Domain response has no listings: save one with results, and import that file",
  domainResult: (result: string) => `${result}: this auction result is unknown`,
  domainAuctionDay:
    "Domain's auction results do not give their day: put it in the name of the file, such as sydney-2026-06-27.json, or add the response of /v1/salesResults/_head as the first row",
  domainTooLarge: (mebibytes: number) =>
    `saved Domain responses are read together, at most ${mebibytes} MiB of them: split the file in two`,
  domainOtherKind: (kind: string, read: string) => `Domain's listings are not ${kind}: they were read as ${read}`,
  domainRow: (id: string, reason: string) => `${id}: ${reason}`,
  jsonWithoutRows: (found: string) =>
    `the JSON document contains no rows: send [ {…}, {…} ], or an object whose field data, records, results or values is such a list${found}`,

  // Maps
  badMap: (name: string, problem: string) =>
    `the map ${name} ${problem}; a map is JSON such as {"columns": {"address": "Where"}, "values": {"category": {"Farmlet": "land"}}, "date": "DD/MM/YYYY"}`,
  mapNotObject: "must be an object",
  mapUnknownField: (field: string, known: string) => `has the unknown field ${quoted(field)} (known: ${known})`,
  mapInvalid: (path: string, problem: string) => `is not valid: ${path} ${problem}`,
  mapDate: (date: string) => `has the date format ${quoted(date)}: use "DD/MM/YYYY" or "MM/DD/YYYY"`,
  mapOfName: "of this name",

  // Workbooks
  noSheet: (sheet: string, sheets: string) => `the workbook has no sheet ${quoted(sheet)}: choose one of ${sheets}`,
  noWorkbook: (sheet: string) =>
    `the file is not a workbook, so it has no sheet ${quoted(sheet)}: omit the sheet, or import the workbook separately`,
  emptyWorkbook: "the workbook is empty: the first row of a sheet must name the columns",
  emptyHeaderRow: (row: number, sheet: string) => `row ${row} of ${quoted(sheet)} is empty: it must name the columns`,
  notWorkbook: (what: string, then: string) =>
    `the file is ${what}, which cannot be read here: ${then}, then import that file`,
  odsTooLarge: "the spreadsheet is too large for .ods: save it as .xlsx or CSV",
  workbookPassword: "the workbook has a password: save a copy without a password",
  ancientWorkbook: "the workbook is from Excel 95 or older: open it in the spreadsheet program and save it as .xlsx",
  cutZip: "is cut off or damaged",
  emptyZip: "the zip is empty: add the export to it, or import the export directly",
  unsavedFormula: "a formula whose value was not saved, read as unknown",
  unreadableWorkbook: (reason: string) =>
    `the workbook cannot be read (${reason}): open it in the spreadsheet program and save it again, or save it as "CSV UTF-8"`,
  workbookText: "the workbook contains more text than a spreadsheet can: save it as CSV",
  hiddenSheets: "all sheets of the workbook are hidden: unhide the one to import, and save it again",
  sheetAlike: (sheet: string) =>
    `the sheet ${quoted(sheet)} has the same columns and was not read: import the file again with --sheet "${sheet}" (over HTTP ?sheet=)`,
  noReadableSheet: "the workbook has no sheet that can be read: save it again as .xlsx",

  // Zips
  zipPassword: (path: string) => `${path} has a password: unpack it and import its files`,
  zipFiles: (most: number) => `has more than ${most} files`,
  zipDepth: "is a zip inside three other zips: unpack it first",
  zipUnpacks: (mebibytes: number) => `unpacks to more than ${mebibytes} MiB`,
  zipBomb: "unpacks to far more than its own size, which no real export does",
  badZip: (path: string, problem: string) => `${path} ${problem}: download it again, or unpack it and import its files`,
  zipTables: (name: string, tables: number, most: number) =>
    `${name} contains ${tables} tables: send at most ${most} at once`,

  // REAXML
  xmlEntities:
    "the file defines entities or a document type, which REAXML does not need and AgentLink does not read: export it again without them",
  notReaxml: (element: string) =>
    `the file is XML, but not REAXML (it begins with <${element}>, not <propertyList>): export the listings as REAXML, CSV or Excel`,
  notXml: "the file is empty or not XML",
  controlCharacters: (count: number) => `${count} control characters were replaced by �`,
  windows1252: "the file was read as windows-1252, because some of its letters are not UTF-8",
  badUtf8: "the file contains bytes that are not UTF-8; they were replaced by �",
  reaxmlTooLarge: (mebibytes: number) => `a REAXML file may have at most ${mebibytes} MiB`,
  notStored: (reason: string) => `cannot be stored: ${reason}`,
  noAddressYet: (status: string) => `is ${status}, but no message has given its address yet`,
  noSaleDateYet: "is sold, but no message has given the date",
  listingCut: "is cut off before its end",
  listingWithoutIds: "has no agentID and uniqueID",
  listingStatus: (status: string, known: string) => `has the status ${quoted(status)}: use one of ${known}`,
  noListing: (problems: string) => `no listing could be read: ${problems}`,

  // Uploads
  sampleRemoved: "the sample data was removed, because it must not be mixed with your own data (an undo restores it)",
  sampleWouldGo:
    "the sample data would be removed, because it must not be mixed with your own data (an undo restores it)",
  notRows: "This is not a table of rows. POST feeds, the register and zips to /api/import.",
  notFeed: "This is not XML. PUT tables to /api/catalogue/{kind}.",
  wholeDataSet: "This is a whole data set, not a list of rows. POST it to /api/import.",

  // The inbox
  inboxSpecialFile: "it is a link, a pipe or a device: put a regular file into the inbox",
  inboxName: "its name is not UTF-8: rename the file",
  inboxNotFile: "it is not a file",
  inboxChanged: "another program wrote to it while it was read",
  inboxServes: (file: string, localities: string, ids: string) =>
    `${file} contains data that failed jobs lacked (${localities}): agentlink jobs retry ${ids}`,
  inboxJobsUnknown: "failed jobs that could be retried cannot be listed",
  inboxFailed: (file: string, reason: string) => `${file} cannot be imported and was moved to failed/: ${reason}`,
  inboxIgnored: (file: string, reason: string) => `${file} in the inbox was not imported: ${reason}`,
  inboxRetried: (file: string, reason: string) => `${file} cannot be imported now and will be retried: ${reason}`,

  // Open data
  bondWithout: "has no lodgement date or no postcode",
  bondLeftOut: "bonds of other or unknown dwellings, or without a rent: left out",
  bondPostcode: (postcode: string) => `no suburb of NSW has the postcode ${postcode}`,
  bondFew: (least: number) => `fewer than ${least} bonds in a month: no figure`,
  suburbUnknown: (suburb: string, state: string) => `${quoted(suburb)} is not a suburb of ${state} in the gazetteer`,
  suburbInTwoCouncils: "a suburb in two councils has two medians: the median is left unknown, and the sales are added",
  victoriaHouses: "the file's name does not say houses, units or land: read as houses",
  victoriaYear: "a column with a year, but without a quarter: not read",
  victoriaFew: "fewer than ten sales (^)",
  noMedian: (locality: string) => `${quoted(locality)} has no median`,
  registerSuburbUnknown: "suburb unknown: left out",
  registerCut: "the file has no last record and may be cut off: download it again",
  registerCounts: (sales: number, records: number, foundSales: number, foundRecords: number) =>
    `the file claims ${sales} sales and ${records} records, but contains ${foundSales} and ${foundRecords}: download it again`,
  registerInterest: "part of a property (an interest under 100 %): left out",
  noDate: "has no date",
  registerContract: "impossible contract date: the settlement date is used",

  // Rules: how a value was read, as the summary counts them
  centsRounded: "cents rounded to dollars",
  priceRange: "a range of prices",
  priceLimit: "an upper limit of a price",
  priceOver: "a lower limit of a price",
  priceWords: "dollar signs and words around a price",
  priceScale: (unit: string) => `in ${unit}, according to the name of the column`,
  mapScale: (unit: string) => `in ${unit}, according to the map`,
  knownPeople: "people of the same name in the catalogue keep their ids",
  priceUnits: "prices in millions or thousands",
  unknown: (text: string) => `${quoted(text)} read as unknown`,
  readAs: (text: string, meaning: string) => `${quoted(text)} read as ${meaning}`,
  noPrice: (text: string) => `${quoted(text)} read as no price`,
  rangeOfSale: "a price range is not a sale price: not disclosed",
  guideOfSale: 'a price guide ("over", "from", "+") is not a sale price: not disclosed',
  textNoPrice: "a text instead of a price: unknown",
  priceNominal: (dollars: string, isHome: boolean) =>
    `less than $${dollars} is not a sale price${isHome ? " of a home" : ""}: not disclosed`,
  rentWeekly: "rents per week",
  rentFortnightly: "rents per fortnight, halved",
  rentMonthly: "rents per month, converted to weeks (12 months are 52 weeks)",
  rentQuarterly: "rents per quarter, converted to weeks (13 weeks)",
  rentYearly: "rents per year, converted to weeks (52 weeks)",
  areaRange: "the lower end of a range of areas",
  areaUnit: "areas with a unit",
  studio: "Studio read as no bedroom",
  yesAsOne: "Yes read as one",
  noAsNone: "No read as none",
  numberWords: "numbers in words",
  wordsAfterNumber: "words after a number",
  wholeNumber: "decimals and separators of a whole number",
  halvesDropped: "halves dropped (2.5 read as 2)",
  dayOfTime: "the day of a date with a time",
  dayFirst: "dates with the day first",
  monthFirst: "dates with the month first",
  excelDate: "Excel's numbers for days",
  excelDate1904: "Excel's numbers for days, counted from 1904, as set in the workbook",
  monthName: "dates with the name of the month",
  dateOtherOrder: (field: string, text: string, header: string, first: "day" | "month") =>
    `${field} must be a day of the calendar, not ${quoted(text)} (the dates of ${quoted(header)} have the ${first} first)`,
  dateOrderAssumed: (rule: string) => `${rule}, the order in Australia: no date in the column shows its order`,
  suburbFromAddress: "suburb taken from the end of the address",
  suburbOutOfAddress: "suburb removed from the address",
  onlyState: "the only state with a suburb of this name",
  stateOfPostcode: "the state of the postcode",
  joinedParts: "joined from several columns",
  fromPropertyType: "taken from the property type",
  unitByAddress: "unit, because of its address",
  houseByBedrooms: "house, because it has bedrooms and no unit number",
  typeUnknown: "other, because no column shows the type",
  noPropertyType: (why: string) => `no property type, read as ${why}`,
  soldAtMessage: "no readable sale date: the day of the message",
  soldAtAuction: "no readable sale date: the day of the auction",
  idFromDay: "made from the day, the price and an address without a number",
  idFromRow: "made from the values that identify the row",
  listedInFuture: "a listing date in the future: unknown",
  listedTooEarly: "a listing date before 1950: unknown",
  listedAfterSale: "a listing date after the sale: unknown",
  controlsRemoved: "control characters removed",
  byMap: (text: string, meaning: string) => `${quoted(text)} read as ${quoted(meaning)}, by the map`,
} as const;
