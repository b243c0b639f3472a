import { type Static, Type as t } from "@sinclair/typebox";
import { BANDS, parseBand } from "./commission/band.ts";
import { DataSet } from "./data-set.ts";
import { listOfTexts, listOfWords, READ, readNumber } from "./form.ts";
import { PATTERN, PICTURE_CHARACTERS, PICTURE_DESCRIPTION } from "./patterns.ts";
import { PROPERTY_TYPES, PropertyTypeWord } from "./property-type.ts";

/** Whose name and colours the report carries on its cover and in its footers. */
export const Branding = t.Object({
  name: t.Optional(t.String({ maxLength: 200 })),
  colour: t.Optional(t.String({ pattern: PATTERN.colour, description: "#rrggbb" })),
  logo: t.Optional(
    t.String({ pattern: PATTERN.picture, maxLength: PICTURE_CHARACTERS, description: PICTURE_DESCRIPTION }),
  ),
  contact: t.Optional(t.String({ maxLength: 300 })),
});
export type Branding = Static<typeof Branding>;

/** Standards a report can be made to, beside plain PDF. */
export const PdfStandard = t.Union([t.Literal("PDF/A-2a"), t.Literal("PDF/A-2b"), t.Literal("PDF/UA-1")], {
  description:
    "Make the report to a standard for archives (ISO 19005-2, level A or B). PDF/UA-1 (ISO 14289-1) each document is without being asked; asked for, a complete document with a part that is not fails",
});
export type PdfStandard = Static<typeof PdfStandard>;

const rooms = (maximum: number, what: string) => t.Optional(t.Integer({ minimum: 0, maximum, description: what }));
const UNKNOWN_FAILS = "a sale of which it is not known does not count, and the report says how many";
/** "450 m²" is 450, "0.5 ha" 5,000. */
function readArea(text: string): unknown {
  const hectares = /^(.*\d)\s*(?:ha|hectares?)$/i.exec(text)?.[1];
  const area = readNumber(hectares ?? text.replace(/\s*(m2|m²|sqm|sq\.? ?m)$/i, ""));
  return hectares === undefined ? area : typeof area === "number" ? area * 10_000 : text;
}

const land = (what: string) =>
  t.Optional(
    t.Number({
      minimum: 0,
      maximum: 1_000_000_000,
      description: `${what}, in square metres`,
      [READ]: (value: unknown) => (typeof value === "string" ? readArea(value) : value),
    }),
  );
const textOrNumber = (value: unknown) => (Number.isSafeInteger(value) ? String(value) : value);
/** A postcode as a number: 800 is 0800. */
const readPostcode = (value: unknown) =>
  Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 9_999 ? String(value).padStart(4, "0") : value;
/** An id or a name, which some send as a number. */
const idOrName = (description: string) => t.Optional(t.String({ maxLength: 200, description, [READ]: textOrNumber }));

/** Which sales a report counts: the old call's fields. All may be missing; without one there is no bound. */
const FILTER_FIELDS = {
  property_types: t.Optional(
    t.Array(PropertyTypeWord, {
      maxItems: PROPERTY_TYPES.length,
      description: "Only sales of these types count; also as one text with commas",
      examples: [["House", "Townhouse"]],
      [READ]: listOfWords(PROPERTY_TYPES),
    }),
  ),
  min_bedrooms: rooms(100, `Fewest bedrooms; ${UNKNOWN_FAILS}`),
  max_bedrooms: rooms(100, "Most bedrooms; as for the fewest"),
  min_bathrooms: rooms(100, `Fewest bathrooms; ${UNKNOWN_FAILS}`),
  max_bathrooms: rooms(100, "Most bathrooms; as for the fewest"),
  min_carspaces: rooms(1_000, `Fewest car spaces; ${UNKNOWN_FAILS}`),
  max_carspaces: rooms(1_000, "Most car spaces; as for the fewest"),
  min_land_area: land(`Least land; ${UNKNOWN_FAILS}`),
  max_land_area: land("Most land; as for the least"),
  include_surrounding_suburbs: t.Optional(
    t.Boolean({ description: "Sales of the neighbouring suburbs count, too; the report names them" }),
  ),
  other_suburbs: t.Optional(
    t.Array(t.String({ minLength: 1, maxLength: 100 }), {
      maxItems: 20,
      description: "More suburbs of the same report; each may have its state and postcode: Fairlight NSW 2094",
      examples: [["Fairlight", "Balgowlah"]],
      [READ]: listOfTexts,
    }),
  ),
};

const Edition = t.Union([t.Literal("full"), t.Literal("brief")], {
  description: "full: the twelve pages; brief: one page with the five agents",
});
export type Edition = Static<typeof Edition>;

/** Parts of the full edition that a request may choose among; verdict and method are always there. */
export const SECTION_NAMES = [
  "market",
  "agencies",
  "agents",
  "comparison",
  "comparables",
  "cards",
  "price-bands",
  "listings",
  "sales",
] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** A property whose comparable sales a report shows. */
export const Subject = t.Object({
  address: t.String({ minLength: 1, maxLength: 300, examples: ["12 Ocean Road"] }),
  property_type: t.Optional(PropertyTypeWord),
  bedrooms: rooms(100, "Comparable sales have as many, one fewer or one more"),
  bathrooms: rooms(100, "Printed; chooses no sale"),
  carspaces: rooms(1_000, "Printed; chooses no sale"),
  land_area: land("Comparable sales have from half to twice as much"),
  price: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: 10_000_000_000,
      description: "The price that is expected, in dollars: comparable sales were sold for at most 25% more or less",
    }),
  ),
  lat: t.Optional(t.Number({ minimum: -90, maximum: 90, description: "With lon; comparable sales are near it" })),
  lon: t.Optional(t.Number({ minimum: -180, maximum: 180, description: "With lat" })),
  radius_km: t.Optional(
    t.Number({
      exclusiveMinimum: 0,
      maximum: 100,
      description: "How near comparable sales are; 2 where it is left out",
    }),
  ),
});
export type Subject = Static<typeof Subject>;

/** The body of `POST /api/generate-agents-report`: the old call's two fields, everything else optional. */
export const ReportRequest = t.Object(
  {
    suburb: t.String({
      minLength: 1,
      maxLength: 100,
      examples: ["Manly"],
      description:
        'Its name; also one line with its state and postcode ("Manly, NSW 2095"), or a postcode that one suburb has',
      [READ]: readPostcode,
    }),
    state: t.Optional(
      t.String({
        minLength: 2,
        maxLength: 30,
        examples: ["NSW"],
        description:
          "State or territory of Australia, short or in full, any case; required unless suburb or a postcode says it",
      }),
    ),
    postcode: t.Optional(t.String({ pattern: PATTERN.postcode, examples: ["2095"] })),
    post_code: t.Optional(
      t.String({ pattern: PATTERN.postcode, description: "The old call's name of postcode: give one of them" }),
    ),
    ...FILTER_FIELDS,
    region: t.Optional(t.String({ maxLength: 100, description: "One of Domain's regions; only for that source" })),
    area: t.Optional(t.String({ maxLength: 100, description: "One of Domain's areas; only for that source" })),
    home_owner_pricing: t.Optional(
      t.Union(
        BANDS.map(({ label }) => t.Literal(label)),
        {
          description: "The price band that the home owner expects, in any of the spellings of the old forms",
          [READ]: (value: unknown) => (typeof value === "string" ? (parseBand(value)?.label ?? value) : value),
        },
      ),
    ),
    featured_agent_id: idOrName("Id or name of an agent whom the report highlights; no rank or figure changes"),
    featured_agency_id: idOrName("Id or name of an agency that the report highlights; no rank or figure changes"),
    edition: t.Optional(Edition),
    sections: t.Optional(
      t.Array(t.Union(SECTION_NAMES.map((name) => t.Literal(name))), {
        maxItems: SECTION_NAMES.length,
        description: "Parts of the full agents report beside verdict and method; all where it is left out",
        examples: [["market", "agents"]],
        [READ]: listOfWords(SECTION_NAMES),
      }),
    ),
    compare: t.Optional(
      t.Array(t.String({ minLength: 1, maxLength: 200 }), {
        minItems: 2,
        maxItems: 4,
        description: "Ids or names of two to four agents, or of as many agencies, to set side by side",
        examples: [["Ada Lovelace", "Grace Hopper"]],
      }),
    ),
    subject: t.Optional(Subject),
    data: t.Optional(DataSet),
    report: t.Optional(
      t.Union([t.Literal("agents"), t.Literal("agency")], {
        description:
          'What is reported: who sells here, or who lets. The call says it where it is left out; a batch has "agents"',
      }),
    ),
    prepared_for: t.Optional(
      t.String({ maxLength: 200, description: "Name or id of the agency that requested the report" }),
    ),
    branding: t.Optional(Branding),
    pdf_standard: t.Optional(PdfStandard),
    delivery: t.Optional(
      t.Object({
        folder: t.Optional(t.String({ maxLength: 500, description: "Below the configured target, never outside it" })),
        filename: t.Optional(t.String({ maxLength: 200 })),
      }),
    ),
    draft: t.Optional(
      t.Boolean({
        description:
          "Only render it: the PDF can be opened, and is delivered, and the callback sent, by POST /api/jobs/{id}/send",
      }),
    ),
    callback_url: t.Optional(
      t.String({
        maxLength: 2_000,
        pattern: PATTERN.address,
        description: "Notified when the job ends: a signed POST (Standard Webhooks) with the job's status",
      }),
    ),
    priority: t.Optional(
      t.Integer({
        minimum: 0,
        maximum: 9,
        description: "9 goes first among the client's own jobs; 5 where it is left out",
      }),
    ),
    metadata: t.Optional(
      t.Record(t.String({ maxLength: 100 }), t.Unknown(), { description: "Returned as sent; 16 kB at most" }),
    ),
  },
  {
    description:
      "An optional field that is null, empty or blank, or an object in which nothing is filled in, is as if it were not " +
      "there. Numbers and yes/no may be texts, a postcode a number; blanks around a text are dropped, and so is a date's time of day.",
  },
);
export type ReportRequest = Static<typeof ReportRequest>;
/** The same once it is known where the suburb is. */
export type PlacedRequest = ReportRequest & { readonly state: string };
