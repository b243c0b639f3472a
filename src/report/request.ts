import { type Static, Type as t } from "@sinclair/typebox";
import { DataSet } from "./data-set.ts";
import { PATTERN } from "./patterns.ts";

/** Whose name and colours the report carries on its cover and in its footers. */
export const Branding = t.Object({
  name: t.Optional(t.String({ maxLength: 200 })),
  colour: t.Optional(t.String({ pattern: PATTERN.colour, description: "#rrggbb" })),
  logo: t.Optional(
    t.String({
      pattern: PATTERN.picture,
      maxLength: 700_000,
      description: "PNG or JPEG data URI",
    }),
  ),
  contact: t.Optional(t.String({ maxLength: 300 })),
});
export type Branding = Static<typeof Branding>;

/** Standards a report can be made to, beside plain PDF. */
export const PdfStandard = t.Literal("PDF/A-2b", {
  description: "Make the report to a standard for archives (ISO 19005-2, level B)",
});
export type PdfStandard = Static<typeof PdfStandard>;

/** The body of `POST /api/generate-agents-report`: the old call's two fields, everything else optional. */
export const ReportRequest = t.Object(
  {
    suburb: t.String({ minLength: 1, maxLength: 100, examples: ["Manly"] }),
    state: t.String({
      minLength: 2,
      maxLength: 30,
      examples: ["NSW"],
      description: "State or territory of Australia, short or in full, any case",
    }),
    postcode: t.Optional(t.String({ pattern: PATTERN.postcode, examples: ["2095"] })),
    data: t.Optional(DataSet),
    report: t.Optional(
      t.Union([t.Literal("agents"), t.Literal("agency")], {
        description:
          'What is reported: who sells here, or who lets. The call says it where it is left out; a batch has "agents"',
      }),
    ),
    prepared_for: t.Optional(t.String({ maxLength: 200, description: "Name or id of the agency that asked" })),
    branding: t.Optional(Branding),
    pdf_standard: t.Optional(PdfStandard),
    delivery: t.Optional(
      t.Object({
        folder: t.Optional(t.String({ maxLength: 500, description: "Below the configured target, never outside it" })),
        filename: t.Optional(t.String({ maxLength: 200 })),
      }),
    ),
    callback_url: t.Optional(
      t.String({
        maxLength: 2_000,
        pattern: PATTERN.address,
        description: "Told of the job's end: a signed POST (Standard Webhooks) with what the job's status then says",
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
