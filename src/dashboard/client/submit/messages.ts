/** The sentences of the form. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // agency-box
  preparedFor: "The agency that the report is prepared for: its name or id.",
  agencyNotInData: (suburb: string, agencies: string) =>
    `The data for ${suburb} does not include this agency; the report would say so on its second page.${agencies}`,
  noLogo: "; the catalogue has no logo for it",
  brandFilledIn: (name: string, noLogo: string) => `The brand of ${name} is filled in${noLogo}`,

  // body
  fileTooLarge: (name: string, megabytes: string) =>
    `${name} is ${megabytes} MB, and the limit is 4 MB. Save a smaller version, then choose it again.`,
  notANote: (line: string) => `“${line}” is not a note: write a name, a colon and the value.`,
  unreadablePicture: "The picture cannot be read.",
  notJson: (name: string) => `${name} is not JSON: a data set is one object, as described in docs/data.md.`,

  // brand-fields
  nameOnReport: "Name on the report",
  contactHint: "A line at the foot of the cover.",
  folderHint: "Below the configured target.",
  brandFolderAndData: "Brand, folder and data",
  pictureTypes: "PNG, JPEG, GIF or WebP.",
  archiveHint: "For files that must be stored for years.",
  notes: "Notes for your own use",
  notesHint: "One per line, as name: value. Notes stay with the job, can be searched, and are sent in its callback.",
  dataHint: "A JSON file with sales, agents and listings, instead of the catalogue's data.",

  // filter-fields
  otherSuburbs: "More suburbs in the same report",
  compareCount: "Name two to four agents or agencies, separated by semicolons.",
  compareHint: "Two to four agents or agencies, by name or id, separated by semicolons.",
  domainHint: "As Domain names it; only for Domain's data.",
  sectionsHint: "Such as market, agents, sales; if empty, all.",
  filters: "What counts, and how it looks",
  typesHint: "Such as House, Townhouse; if empty, all.",
  countSurrounding: "Count the surrounding suburbs, too",
  agentsReport: "Agents report: who sells here",
  agencyReport: "Agency report: who manages the rentals here",
  priceBand: "Price band of the home owner",
  priceBandHint: "Also makes the commission document, and the complete document with all of them.",

  // more-suburbs
  moreSuburbs: "Also for these suburbs",
  moreSuburbsHint: "One suburb and state per line: each becomes a separate report with the same settings.",
  moreSuburbsExample: "Fairlight NSW\nBalgowlah NSW",
  territoryRemoved: (chosen: string) => `Territory “${chosen}” removed; its suburbs stay in the form`,
  chooseSaved: "Choose a saved one",
  territoryNameNeeded: "Give the territory a name, such as Our territory.",
  territoryName: "Name of the territory",

  // subject-fields
  addressHint: "Such as 12 Ocean Road.",
  bedroomsHint: "Comparable sales have the same number, one fewer or one more.",
  areaHint: "Comparable sales have from half to twice this area.",
  priceHint: "Comparable sales sold for at most 25% more or less.",
  radiusHint: "Distance from the latitude and longitude; if empty, 2.",
  subject: "A property to compare with",

  // suburb-box
  suburbHint: "Name or postcode, with the state if several suburbs have the name.",

  // page
  firstOfMine: "Before all my other reports",
  asUsual: "Normal",
  whenIdle: "When nothing else waits",
  readOnly: "Your key can only read. To request a report, sign in with a key with the scope submit.",
  earlierArrived:
    "Your earlier request did arrive, before you changed the form: you find it under Jobs. To request this report as well, send the form again.",
  suburbNeeded: "Choose a suburb from the list, or write its name and state.",
  formRestored: "The form is as you left it; choose files again.",
  callbackHint: "An address that is notified when the job ends.",
  previewHint: "A preview is rendered in the same way, but not delivered until you send it.",
} as const;
