/** The sentences of the agency report, and why there is none. A change of wording is a change here. */
export const messages = {
  // failures
  noData: (locality: string) =>
    `no rental listings for ${locality} in the 12 months: send "rentals" in the request's data, or import them (\`agentlink import rentals.csv\`, PUT /api/catalogue/rentals)`,

  // figures and sentences
  notFoundToHighlight: (agency: string) => `No agency called “${agency}” was found to highlight.`,
  highlighted: (agency: string) =>
    `Highlighted at the client's request: ${agency}. Highlighting changes no rank or figure.`,
  notInData: "not in the data",
  noPreviousYear: (from: string) => `no previous year to compare${from}`,
  onTheMarketNow: "On the market now",
  withRental: "with a rental listing",
  noRentals: (area: string) => `The data has no rental listings in ${area} in the 12 months.`,
  rentalsOf: (properties: string, area: string, day: string, from: string, compared: string) =>
    `${properties} listed for rent in ${area} in the 12 months to ${day}${from}${compared}.`,
  tooFewForMedian: "There are too few asking rents for a median; at least 3 of one property type are needed.",
  noWeeklyRents: "The asking rents are not used, because they do not seem to be weekly; Method lists them.",
  medianRent: (rents: string, odd: string) => `The median asking rent was ${rents}${odd}.`,
  notAllWeekly: "; some rents may not be weekly (see Method)",
  halfTook: (lettings: string, days: string) =>
    `Half of the ${lettings} with both dates took ${days} or less from listing.`,
  noneRanked: "No agency can be ranked, because the data names no agency with a rental listing.",
  sharedLead: (names: string, figures: string, unattributed: string) =>
    `${names} share the lead with ${figures} each${unattributed}.`,
  noAgencyKnown: (listings: string) => `; no agency is known for ${listings}`,
  noneHigher: "no agency ranks higher",
  listingsToPass: (listings: string, rank: number) => `${listings} would put it past #${rank}`,
  ownWithoutRentals: (name: string, needed: string) => `${name} has no rental listings in this report${needed}.`,
  pointsOnYear: (sign: string, points: string) => ` (${sign}${points} points on the year)`,
  ownRank: (name: string, rank: number, share: string, moved: string, level: string, ahead: string | null) =>
    `${name} ranks #${rank} with ${share} of the listings${moved}${level}${ahead === null ? "" : `; ${ahead}`}.`,

  onYear: (change: string) => `${change} on the year`,
  weeklyRent: (rent: string, what: string, beside: string) => `$${rent} a week for ${what}${beside}`,
  rentNote: (n: string) => `a week, n ${n}`,
  part: (listings: string, all: string, share: string) => `${listings} of ${all} (${share})`,
  aheadOf: (names: string, listings: string, each: boolean) =>
    `, ahead of ${names} with ${listings}${each ? " each" : ""}`,
  onlyAgency: (name: string, listings: string, isOne: boolean) =>
    isOne ? `The only listing in this report is by ${name}.` : `${listings} in this report are by ${name}.`,
  leads: (name: string, figures: string, ahead: string, unattributed: string) =>
    `${name} leads with ${figures}${ahead}${unattributed}.`,
  levelWith: (names: string) => `, level with ${names}`,

  // method
  listingTerm:
    "Properties listed for rent in the 365 days up to the date of the data; if the listing date is unknown, the lease date counts. A property listed again after more than 30 days, or at another rent, counts again.",
  shareTerm:
    "The agency's rental listings divided by all rental listings in this report. A listing with two agencies counts for each, so shares can add up to more than 100%.",
  rentTerm: "The middle weekly asking rent, with the number of rents (n). At least 3 rents are needed.",
  daysTerm:
    "The median number of days from listing to lease, for properties leased by the date of the data. At least 3 are needed.",
  changeTerm:
    "On the previous 12 months: for a share in percentage points, for a rent in per cent. Not shown if the previous 12 months are not covered well enough.",
  rankTerm:
    "By rental listings in the 12 months; equal numbers share a rank. Properties under management are unknown and not ranked.",
  figuresCover: (from: string, to: string) => `The figures cover ${from} to ${to}.`,
  rentalsCoverage: (listings: string, rents: string, leased: string, attributed: string) =>
    `${listings}: ${rents} with an asking rent, ${leased} leased since, ${attributed} with an agency.`,
  listingOf: (property: string) => `rental listing of a ${property}`,
  listingsOf: (properties: string) => `rental listings of ${properties}`,
  rentsNotUsed: (listings: string, median: string, period: string) =>
    `The rents of ${listings} are not used: their median would be $${median} a week, so they seem to be by the ${period}.`,
  oddRents: (listings: string, rent: string, address: string) =>
    `${listings} three times the median rent of similar homes or more, such as $${rent} a week at ${address}. The data states them as weekly, and they count as such; if they are by the month, figures made from them are too high.`,
  oddAgencyRents: (agency: string, listings: string) =>
    `The rents of ${listings} of ${agency} are about twice those of similar homes of other agencies. The data states them as weekly, and they count as such; if they are by the fortnight, figures made from them are too high.`,
  leasedUndated: (listings: string, are: string) =>
    `${listings} leased on an unknown day ${are} not under Recently leased.`,
  undatedRentals: (listings: string, are: string) => `${listings} without a date ${are} excluded.`,
  inPreviousYear: (listings: string) => `${listings} in the previous 12 months`,
  tooFewMatch:
    "The rental listings of the previous 12 months that match are too few, or too unevenly spread, for a comparison.",
  notComparedYears: "The previous 12 months are not covered well enough for a comparison.",
  disclaimer:
    "Rents are asking rents, not agreed rents. Listing records are incomplete and lag the market; figures change as new records arrive. Nobody can pay for a rank.",
  correction:
    "To correct an entry, tell the sender of this report which listing or agency is wrong and what your source is. The correction will appear in the next report made from the corrected data.",
} as const;
