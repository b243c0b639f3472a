/*
 * What a client can request, and what of it the data does not know: filters, types of property, suburbs to count beside.
 * Each of them in words, too, for a cover, a job and a log line.
 * Not here: which records a report counts (selection/), and jobs.
 */

import { type Static, Type as t } from "@sinclair/typebox";
import { DataSet } from "../data-set.ts";
import { listOfTexts, listOfWords, READ, readNumber } from "../input/form.ts";
import { PATTERN, PICTURE_CHARACTERS, PICTURE_DESCRIPTION } from "../input/patterns.ts";
import { BANDS, parseBand } from "../input/price-band.ts";
import { messages } from "../messages.ts";
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
    "Archival standard of the PDF (ISO 19005-2, level A or B). Every document conforms to PDF/UA-1 (ISO 14289-1) by default; if pdf_standard is set, a complete document with a part that does not conform fails",
});
export type PdfStandard = Static<typeof PdfStandard>;

const rooms = (maximum: number, what: string) => t.Optional(t.Integer({ minimum: 0, maximum, description: what }));
const UNKNOWN_FAILS = messages.unknownFails;
/** "450 m²" is 450, "0.5 ha" 5,000. */
function readArea(text: string): unknown {
  const hectares = /^(.*\d)\s*(?:ha|hectares?)$/i.exec(text)?.[1];
  const area = readNumber(hectares ?? text.replace(/\s*(m2|m²|sqm|sq\.? ?m)$/i, ""));
  return hectares === undefined ? area : typeof area === "number" ? area * 10_000 : text;
}

const land = (description: string) =>
  t.Optional(
    t.Number({
      minimum: 0,
      maximum: 1_000_000_000,
      description,
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
      description: "Only sales of these types count; a list, or text separated by commas",
      examples: [["House", "Townhouse"]],
      [READ]: listOfWords(PROPERTY_TYPES),
    }),
  ),
  min_bedrooms: rooms(100, `Minimum number of bedrooms; ${UNKNOWN_FAILS}`),
  max_bedrooms: rooms(100, "Maximum number of bedrooms; unknown values are treated as for the minimum"),
  min_bathrooms: rooms(100, `Minimum number of bathrooms; ${UNKNOWN_FAILS}`),
  max_bathrooms: rooms(100, "Maximum number of bathrooms; unknown values are treated as for the minimum"),
  min_carspaces: rooms(1_000, `Minimum number of car spaces; ${UNKNOWN_FAILS}`),
  max_carspaces: rooms(1_000, "Maximum number of car spaces; unknown values are treated as for the minimum"),
  min_land_area: land(`Minimum land area in square metres; ${UNKNOWN_FAILS}`),
  max_land_area: land("Maximum land area in square metres; unknown values are treated as for the minimum"),
  include_surrounding_suburbs: t.Optional(
    t.Boolean({ description: "Also count sales of the neighbouring suburbs; the report names these suburbs" }),
  ),
  other_suburbs: t.Optional(
    t.Array(t.String({ minLength: 1, maxLength: 100 }), {
      maxItems: 20,
      description:
        "More suburbs to count in the same report, each optionally with state and postcode: Fairlight NSW 2094",
      examples: [["Fairlight", "Balgowlah"]],
      [READ]: listOfTexts,
    }),
  ),
};

const Edition = t.Union([t.Literal("full"), t.Literal("brief")], {
  description: "full: twelve pages; brief: one page with the top five agents",
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
  bedrooms: rooms(100, "Comparable sales have the same number, one fewer or one more"),
  bathrooms: rooms(100, "Printed in the report; does not affect which sales are comparable"),
  carspaces: rooms(1_000, "Printed in the report; does not affect which sales are comparable"),
  land_area: land("Land area in square metres: comparable sales have half to twice this area"),
  price: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: 10_000_000_000,
      description: "Expected price in dollars: comparable sales sold for at most 25% more or less",
    }),
  ),
  lat: t.Optional(
    t.Number({
      minimum: -90,
      maximum: 90,
      description: "Latitude; requires lon. Comparable sales are near this position",
    }),
  ),
  lon: t.Optional(t.Number({ minimum: -180, maximum: 180, description: "Longitude; requires lat" })),
  radius_km: t.Optional(
    t.Number({
      exclusiveMinimum: 0,
      maximum: 100,
      description: "Maximum distance of comparable sales; default: 2",
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
        'Suburb name, optionally with state and postcode ("Manly, NSW 2095"), or a postcode that belongs to one suburb',
      [READ]: readPostcode,
    }),
    state: t.Optional(
      t.String({
        minLength: 2,
        maxLength: 30,
        examples: ["NSW"],
        description:
          "State or territory of Australia, abbreviated or in full, in any case; required unless suburb or postcode determines it",
      }),
    ),
    postcode: t.Optional(t.String({ pattern: PATTERN.postcode, examples: ["2095"] })),
    post_code: t.Optional(
      t.String({
        pattern: PATTERN.postcode,
        description: "The name of postcode in the old API: send only one of them",
      }),
    ),
    ...FILTER_FIELDS,
    region: t.Optional(t.String({ maxLength: 100, description: "A region of Domain; used only by that source" })),
    area: t.Optional(t.String({ maxLength: 100, description: "An area of Domain; used only by that source" })),
    home_owner_pricing: t.Optional(
      t.Union(
        BANDS.map(({ label }) => t.Literal(label)),
        {
          description: "The price band that the home owner expects, in any spelling of the old forms",
          [READ]: (value: unknown) => (typeof value === "string" ? (parseBand(value)?.label ?? value) : value),
        },
      ),
    ),
    featured_agent_id: idOrName("Id or name of an agent to highlight; no rank or figure changes"),
    featured_agency_id: idOrName("Id or name of an agency to highlight; no rank or figure changes"),
    edition: t.Optional(Edition),
    sections: t.Optional(
      t.Array(t.Union(SECTION_NAMES.map((name) => t.Literal(name))), {
        maxItems: SECTION_NAMES.length,
        description: "Sections of the full agents report, in addition to verdict and method; default: all",
        examples: [["market", "agents"]],
        [READ]: listOfWords(SECTION_NAMES),
      }),
    ),
    compare: t.Optional(
      t.Array(t.String({ minLength: 1, maxLength: 200 }), {
        minItems: 2,
        maxItems: 4,
        description: "Ids or names of two to four agents, or of two to four agencies, to compare side by side",
        examples: [["Ada Lovelace", "Grace Hopper"]],
      }),
    ),
    subject: t.Optional(Subject),
    data: t.Optional(DataSet),
    report: t.Optional(
      t.Union([t.Literal("agents"), t.Literal("agency")], {
        description:
          'The report: agents who sell here, or agencies that let properties. Default: the report of the address; in a batch, "agents"',
      }),
    ),
    prepared_for: t.Optional(
      t.String({ maxLength: 200, description: "Name or id of the agency that requested the report" }),
    ),
    branding: t.Optional(Branding),
    pdf_standard: t.Optional(PdfStandard),
    delivery: t.Optional(
      t.Object({
        folder: t.Optional(t.String({ maxLength: 500, description: "Folder within the configured target" })),
        filename: t.Optional(t.String({ maxLength: 200 })),
      }),
    ),
    draft: t.Optional(
      t.Boolean({
        description:
          "Only render the report. The PDF can be opened; POST /api/jobs/{id}/send delivers it and sends the callback",
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
        description: "9 is first among the client's own jobs; default: 5",
      }),
    ),
    metadata: t.Optional(
      t.Record(t.String({ maxLength: 100 }), t.Unknown(), { description: "Returned as sent; at most 16 kB" }),
    ),
  },
  {
    description:
      "An optional field that is null, empty or blank counts as absent, and so does an object without any filled-in field. " +
      "Numbers and yes/no may be text, and a postcode may be a number. Spaces around a text are removed, and so is the time of a date.",
  },
);
export type ReportRequest = Static<typeof ReportRequest>;
/** The same once it is known where the suburb is. */
export type LocatedRequest = ReportRequest & { readonly state: string };
