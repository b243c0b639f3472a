import { allOf, capitalised } from "../report/wording.ts";

/**
 * The printed sentences of a report, and why one cannot be rendered. A change of wording is a change here; labels of
 * one to three words are beside what they label.
 */
export const messages = {
  // The operator's own PDFs
  passwordPdf: "it is protected: save it without a password",
  noPages: "it has no pages",
  notPdf: (path: string, reason: string) => `${path} is not a PDF that can be joined with others: ${reason}`,
  noFirstPage: (path: string, reason: number) => `${path} has no first page: ${reason}`,
  notStandard: (path: string, needed: string, standard: string) =>
    `${path} is not ${needed}, so the complete document cannot be ${standard}: save the file as ${needed}, or omit pdf_standard`,

  // Fonts
  namesSwapped: (agent: string, agency: string) =>
    `The names of agents and agencies seem to be swapped: most agents have the name of an agency, such as "${agent}", and most agencies that of a person, such as "${agency}". Correct the data and request the report again.`,
  uncovered: (names: string, replacement: string) =>
    `No font has all letters of ${names}: where the text is printed, ${replacement} replaces each missing letter. Send the text in other letters`,
  damagedFont: (file: string) => `${file} ends within a font: the program is damaged, install it again`,
  fontMissing: (path: string, file: string) => `${path} is not in ${file}: build the program with \`bun run build\``,

  shapingFailed: "the letters of a name could not be joined: the program is damaged, install it again",

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

  // What every document prints
  madeOn: (day: string) => `Made on ${day}`,
  dataWithoutDates: "The data has no dates",
  newestProvisional: "The newest quarter is provisional.",
  rankMoves: "Places gained or lost over the year",
  provisionalNote: (mark: string) => `${mark}: provisional; late records may still be added.`,
  mostRecentShown: (shown: string) => `, all counted in this report's figures; the ${shown} most recent are shown`,

  tickTerm: "; the tick on a bar marks the share in the previous 12 months. Change: percentage points",

  completeSubject: (suburb: string) => `All documents about ${suburb}`,
  matching: (filter: string) => ` matching the filter: ${filter}`,

  // The brief editions
  noRentalsByAgency: (area: string, day: string, filter: string) =>
    `The data has no rental listings by a named agency in ${area} in the 12 months to ${day}${filter}.`,
  mostRentalsSubject: (suburb: string, from: string, to: string) =>
    `The agencies with the most rental listings in ${suburb}, ${from} to ${to}`,
  briefAgencyTerms: (change: string) =>
    `Listings: properties advertised for rent in the 12 months. Share: of all rental listings in this report${change}. Rent: median asking rent, of 3 or more. Days: median from listing to lease. `,
  briefShareChange: "; below it, the change on the previous 12 months in percentage points",
  briefAgencyLimits: "Listing records are incomplete and lag the market. Nobody can pay for a rank.",
  noAgencyKnown: (listings: string) => `no agency is known for ${listings}`,
  withMostRentals: "with the most rental listings",
  withRental: "with a rental listing",
  levelWithLast: (count: string, are: string) => `${count} more ${are} level with the last one shown`,
  mostSalesSubject: (suburb: string, from: string, to: string) =>
    `The agents with the most sales in ${suburb}, ${from} to ${to}`,
  noSalesByAgent: (area: string, day: string, filter: string) =>
    `The data has no sales by a named agent in ${area} in the 12 months to ${day}${filter}.`,
  withMostSales: "with the most sales",
  agentsWithSale: (agents: string, sales: string, area: string) => `${agents} with a sale, ${sales} in ${area}`,
  ofCounted: (all: string) => `, of ${all} by the source's own count`,
  dataFrom: (day: string) => `data from ${day}`,
  noAgentShown: (sales: string) => `no agent is shown for ${sales}`,
  figuresAsSupplied: "Figures as supplied by the source",
  briefLimitsWithoutAgents: "Sales records are incomplete and lag the market; figures change as new records arrive.",
  briefAgentTerms:
    "As lead: sales the agent led. Jointly: colleagues' sales the agent took part in. Ranked by both. Total value: sum of disclosed prices. Median: of 3 or more disclosed prices. ",
  briefAgentLimits:
    "Sales records are incomplete and lag the market. This is not a valuation. Nobody can pay for a rank.",
  suppliedFigures: (mark: string) => ` ${mark} as supplied by the source, not computed from sales.`,

  // Charts, for readers who have the page read aloud
  notKnown: (what: string) => `${what}: not known`,
  range: (from: string, to: string) => `${from} to ${to}`,
  onePeriod: (what: string, month: string, value: string, few: string) => `${what}, ${month}: ${value}${few}`,
  ofFewerThan: (reliableFrom: number) => `, of fewer than ${reliableFrom}`,
  seriesOf: (what: string, periods: string, values: string, months: string) =>
    `${what}, ${periods}, from ${values}, ${months}`,
  seriesAtOneValue: (what: string, periods: string, value: string, where: "each" | "both" | "ends", months: string) =>
    `${what}, ${periods}, ${value} in ${where === "ends" ? "the first and the last" : where}, ${months}`,
  lowest: (value: string) => `lowest ${value}`,
  highest: (value: string) => `highest ${value}`,
  restOnFew: (points: number, reliableFrom: number) =>
    `${points} ${points === 1 ? "rests" : "rest"} on fewer than ${reliableFrom}`,
  spread: (what: string, month: string, parts: string) => `Spread of prices, ${what}, ${month}: ${parts}`,
  between: (low: string, high: string) => `between ${low} and ${high}`,
  halfOf: (between: string) => `half ${between}`,
  nineInTen: (between: string) => `nine in ten ${between}`,
  mediansBetween: (low: string, high: string) => `medians from ${low} to ${high}`,
  mediansOf: (median: string) => `medians of ${median}`,
  salesBetween: (fewest: string, most: string) => `${fewest} to ${most} sales`,
  salesEach: (sales: string) => `${sales} each`,
  salesAtMedian: (agent: string, sales: string, median: string) => `${agent} ${sales} at ${median}`,
  newestIsProvisional: "the newest is provisional",
  dotForEach: (sales: string) => `. A dot for ${sales}`,
  eachOf: (sales: string) => `each of ${sales}`,
  beyondMap: (sales: string) => `. Beyond the map: ${sales}`,
  map: (suburb: string, neighbours: string, dots: string) =>
    `Map: ${suburb} and its nearest neighbours: ${neighbours}${dots}`,
  spreadUnknown: (what: string) => `Spread of prices, ${what}: not known`,
  salesAndPrices: (agents: number, sales: string, prices: string, first: string) =>
    `Sales and median price of ${agents} agents: ${sales}, ${prices}. First: ${first}`,
  hollowPoints: (reliableFrom: number) => `Hollow points rest on fewer than ${reliableFrom}: too few to rely on.`,

  // The cost of selling
  costSubject: (suburb: string, band: string) => `The cost of selling in ${suburb} in the price band ${band}`,
  noUsualCommission: (band: string, where: string) => `No usual commission is on record for ${band} in ${where}.`,
  noUsualMarketing: (band: string) => `No usual marketing cost is on record for ${band}.`,
  marketingCosts: "Photography, advertising, signboard and similar costs.",
  costFrom: (cost: string, price: string) => `${cost} or more on a sale at ${price} or more`,
  costUpTo: (cost: string, price: string) => `Up to ${cost} on a sale below ${price}`,
  costBetween: (lowest: string, highest: string, from: string, to: string) =>
    `${lowest} to ${highest} on a sale at ${from} to ${to}`,
  negotiable: "Commission is negotiable between owner and agent; ask whether a quote includes GST and marketing.",
  notAQuote: "This is neither a quote nor a valuation.",
  paidPartner: (partner: string) =>
    `${partner} pays to appear here. This paid placement changes no rank or figure in any report.`,
  ratesOfState: (state: string) => `Usual rates are those on record for ${state}.`,
  countsAsArea: (suburb: string, area: string) => `${suburb} counts as part of ${area}`,
  ratesOfStateOrArea: "Usual rates are those on record for the state or, where there are none, for the kind of area.",
  onlyKindOnRecord: (kind: string) => `${kind}, as no other kind is on record.`,
  atUsualRate: "at the usual rate",

  // The agency report
  cardsLead: (shown: number, all: number, level: string, marks: string) =>
    `${
      all === 1
        ? "The only agency with a rental listing."
        : `${shown === all ? capitalised(allOf(all, "agency", "agencies")) : `The first ${shown} of ${all} agencies`}, by rental listings${level === "" ? "" : `; ${level}`}.`
    }${marks}`,
  jointListings: (count: string, isOne: boolean) =>
    isOne
      ? ` ${count} of them was listed jointly and counts once for each agency.`
      : ` ${count} of them were listed jointly and count once for each agency.`,
  leagueLead: (agencies: string, listings: string, joint: string) =>
    `${agencies} and ${listings} in the 12 months.${joint}`,
  leagueShareTerm: (tick: string) => `Share: of all rental listings of the 12 months in this report${tick}.`,
  leagueRentTerm: "Rent: median weekly asking rent, with the number of rents behind it.",
  oddRents: "Some rents may be monthly or fortnightly, not weekly: medians made from them are then too high.",
  leagueDaysTerm: "Days: median days from listing to lease.",
  leagueNowTerm: "Now: on the market.",
  rentalAgenciesSubject: (suburb: string, from: string, to: string) => `Rental agencies of ${suburb}, ${from} to ${to}`,
  noRentalListings: "no rental listings in this report",
  leasedLead: (count: string, isOne: boolean, earlier: string | null) =>
    `${count} ${isOne ? "property was" : "properties were"} leased in the 12 months${
      earlier === null ? "" : isOne ? ", listed before these" : `, ${earlier} of them listed before these`
    }`,
  rentsLead: (listings: string) => `${listings} in the 12 months, by type and bedrooms.`,
  rentCount: "n: the number of asking rents behind a median.",
  rentChangeTerm: "Change: on the previous 12 months.",
  rentalsPerQuarter: "Rental listings per quarter",

  // The agents report
  ranksOnYear: (direction: "up" | "down", moved: string) => `${direction} ${moved} on the year`,
  moreToPass: (count: number, sales: string, rank: string) => `${count} more ${sales} to pass ${rank}`,
  middleHalf: (low: string, high: string) => `middle half ${low} to ${high}`,
  undisclosedPrice: " “–”: price not disclosed.",
  pricesNotUsed: " “–”: price not disclosed, or not used (see Method).",
  noPriceDisclosed: (isOne: boolean) =>
    isOne ? " Its price was not disclosed." : " None of these prices was disclosed.",
  agentsSubject: (suburb: string, from: string, to: string) => `Agents and agencies of ${suburb}, ${from} to ${to}`,
  medianCount: "n behind a median: its disclosed prices.",
  tooFewToShow: "“–” with an n: too few to show.",
  unknownOrFew: "“–” with an n: unknown, or too few to show.",
  ownSales: (suburb: string) => `The small number behind the sales: those in ${suburb} itself.`,
  suppliedNote: (mark: string) => `${mark} as supplied by the source, not computed here from sales.`,
  suppliedPeriods: (days: string, isOne: boolean) =>
    `Medians, days and discounts: of the ${isOne ? "period" : "periods"} to ${days}.`,
  fewTerms: (mark: string, reliableFrom: number) => `${mark} n below ${reliableFrom}: too few to rely on.`,
  unchangedOnYear: "unchanged on the year",
  almostUnchangedOnYear: "almost unchanged on the year",
  onlyAgency: (what: string) => `the only agency with a ${what}`,
  agencyShareTerms: (tick: string) => `Share: of all sales of the 12 months in this report${tick}.`,
  valueTerm: "Value: sum of disclosed prices.",
  daysTerm: "Days: median days on market.",
  momentumTerm: "Mom. (momentum): share of current listings minus share of sales, in percentage points.",
  jointSales: (count: string, isOne: boolean) =>
    ` ${count} of them ${isOne ? "was a joint sale" : "were joint sales"}, counted once for each agency, so shares can total more than 100%.`,
  unknownAgencies: (sales: string) => ` No agency is known for ${sales}.`,
  agenciesWithoutSales: (agencies: string) => `The data names ${agencies}; this report has no sales.`,
  idle: (names: string, are: string, isListingKnown: boolean) =>
    `${names} without a sale in this report${isListingKnown ? " or a current listing" : ""} ${are} not shown.`,
  unknownSales: (names: string, are: string, isListingKnown: boolean) =>
    `${names} with no known sales${isListingKnown ? " or current listings" : ""} ${are} not shown.`,
  agenciesLead: (agencies: string, sales: string, more: string) => `${agencies} and ${sales} in the 12 months.${more}`,
  agentTerms:
    "Lead: sales the agent led. Involved: led and shared sales, each with full credit, so shares can pass 100%.",
  otherRanked: (what: "agents" | "agencies", counted: "sales" | "listings", ranked: boolean) =>
    `Other ${what}: ${ranked ? "rank, name" : "name"} and ${counted}`,
  otherNames: (what: "agents" | "agencies") => `Other ${what}`,
  columnsTerm: " The columns show sales per quarter.",
  agentCardsLead: (beside: string | null, columns: string, level: string, marks: string) =>
    `${beside === null ? "" : `Each agent's figures${beside}.`}${columns}${level === "" ? "" : ` ${level}.`}${marks}`.trim(),
  besideSuburb: " beside the suburb's",
  besideAll: " beside those of all sales in this report",
  salesPerQuarter: (quarters: string, sales: string) => `Sales per quarter, ${quarters}: ${sales}`,
  quarterNotKnown: "not known",
  newInRanks: "new in the ranks",
  noComparableSales: "The data lists no comparable sales in the 12 months.",
  closestMatches: (shown: number, total: number) => `The first ${shown} of ${total} are shown.`,
  comparisonLead: (what: string) => `The same figures for each ${what}, of the 12 months in this report.`,
  comparisonTerms: (marks: string) =>
    `n is the number of sales or prices behind a figure; “–” means unknown, or too few to show.${marks}`,
  inTie: (each: string) => `in a tie, ${each} each`,
  noSales: "no sales in this report",
  noneWithAgency: "no agency is known for a sale",
  priceBandsLead: (first: string) => `Disclosed sales in the 12 months by price band and agency${first}.`,
  firstAgencies: (shown: number, all: number) => `the first ${shown} of ${all} agencies`,
  growthInMedian: "Growth in median price",
  marketCount: "n is the number of sales, prices or results behind a figure.",
  definitions: "Definitions are under Method.",
  chartsAsSupplied: "These charts: as supplied by the source, not computed here from sales.",
  ofSuburbItself: (suburb: string) => `${suburb} itself:`,
  onlyBytes: (text: string) => `no byte for a letter of ${text}: an object of a PDF has letters of one byte`,
  onlyAscii: (record: string) => `no code for ${record}: only ASCII has one`,
  syntheticData: "synthetic sample data, not real people",
  paidPlacements: "These agents pay to appear here. Payment changes no rank or figure in this report.",
  forSaleLead: (count: string, isOne: boolean, shown: string) =>
    `${count} ${isOne ? "property is" : "properties are"} for sale${shown}.`,
  daysListedTo: (day: string) => `Days are counted to ${day}.`,
  salesLead: (sales: string, shown: string, provisional: string) => `${sales} in the 12 months${shown}.${provisional}`,
  provisionalSales: (mark: string) => ` The newest quarter is provisional ${mark}: late records may still be added.`,
  notRanked: (what: string) => `Not ranked: no ${what}s in this report`,
  noneAhead: "No agency is ahead",
  noneToRank: (why: string) => `Not ranked: ${why}`,
  noneInData: (what: string) => `the data lists no ${what}s`,
  changeUnknown: "change on the year unknown",
  pointsOnYear: (change: string) => `${change} points on the year`,
  gapToNextRank: "Gap to the next rank",
  unknownAgency: (agency: string) =>
    `This report was prepared for “${agency}”, an agency that does not appear in the data, so nothing is highlighted.`,
} as const;
