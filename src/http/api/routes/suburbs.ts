import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { foldName } from "../../../report/identity/named.ts";
import { resolveSuburb, searchSuburbs } from "../../../report/localities/suburbs.ts";
import { nullable } from "../../../views/nullable.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { decoded, inPath } from "../../path.ts";
import { defineQuery, text } from "../../query.ts";
import { json } from "../../response.ts";
import type { Shared } from "../shared.ts";

const MAX_SUBURBS = 20;
const MAX_AGENCIES = 200;

export const SuburbList = t.Object({
  suburbs: t.Array(
    t.Object({
      suburb: t.String(),
      state: t.String(),
      postcode: t.String(),
      latitude: t.Number(),
      longitude: t.Number(),
    }),
  ),
});

/** The gazetteer, to complete a suburb. */
export function suburbRoutes(shared: Shared) {
  return new Elysia().use(shared.admission).get(
    "/api/suburbs",
    async ({ request }) => {
      const { q } = SEARCHED.read(request);
      // All 18,000 names are examined.
      await shared.turns.next();
      const found = searchSuburbs(q, MAX_SUBURBS, shared.catalogue.hasData);
      const suburbs = found.map(({ suburb, state, postcode, latitude, longitude }) => ({
        suburb,
        state,
        postcode,
        latitude,
        longitude,
      }));
      return json<typeof SuburbList>({ suburbs });
    },
    { detail: SEARCH },
  );
}

export const AgencyList = t.Object({
  agencies: nullable(
    t.Array(t.Object({ id: t.String(), name: t.String() }), {
      description: "Agencies by name; null if unknown, because the data is not in the catalogue",
    }),
  ),
});

/** The agencies that a report may be prepared for. */
export function agencyRoutes({ admission, catalogue, turns, hasOtherSource = false }: Shared) {
  return new Elysia().use(admission).get(
    "/api/agencies",
    async ({ request }) => {
      const { suburb, state, postcode, q } = OF_LOCALITY.read(request);
      await turns.next();
      if ((suburb === null) !== (state === null)) throw errors.suburbAndState(suburb === null ? "suburb" : "state");
      if (hasOtherSource) return json<typeof AgencyList>({ agencies: null });
      const locality = suburb === null ? null : resolveSuburb({ suburb, state: state ?? "", postcode });
      const all = locality === null ? catalogue.allAgencies() : catalogue.agencies(locality);
      const search = foldName(q ?? "");
      const agencies =
        all?.filter(({ id, name }) => foldName(name).includes(search) || foldName(id) === search) ?? null;
      return json<typeof AgencyList>({ agencies: agencies?.slice(0, MAX_AGENCIES) ?? null });
    },
    { detail: AGENCIES },
  );
}

const MOST_LETTERS = 100;

const SEARCHED = defineQuery({
  q: {
    description: 'Beginning of a name, optionally with a state or postcode ("richmond vic"), or of a postcode',
    schema: { type: "string", minLength: 1, maxLength: MOST_LETTERS, examples: ["manly"] },
    read(given) {
      const q = given?.trim() ?? "";
      if (q === "" || q.length > MOST_LETTERS) throw errors.suburbQuery(MOST_LETTERS, q);
      return q;
    },
  },
});

const OF_LOCALITY = defineQuery({
  suburb: text("Suburb; requires state"),
  state: text("State of the suburb"),
  postcode: text("Needed if several suburbs share the name"),
  q: text("Part of the name, in any case and spacing"),
});

const text200 = () => nullable(t.String());

/** An agency as the catalogue has it, for a request of its report. */
export const AgencyView = t.Object({
  id: t.String(),
  name: t.String(),
  colour: text200(),
  logo: nullable(t.String({ description: "A data URI" })),
  contact: text200(),
  territory: t.Array(
    t.Object({ suburb: t.String(), state: t.String(), postcode: text200(), sales: t.Integer({ minimum: 1 }) }),
    { description: "Suburbs where the catalogue has its sales, most sales first; at most 200" },
  ),
});

/** One agency with its brand and its territory. */
export function agencyRoute({ admission, catalogue, outgoing }: Shared) {
  return new Elysia().use(admission).get(
    "/api/agencies/:id",
    async ({ request, params, caller }) => {
      const id = decoded(params.id);
      const row = catalogue.agency(id);
      if (row === null) throw errors.unknownAgency(id);
      const of = (name: string) => (typeof row[name] === "string" ? row[name] : null);
      const territory = (await catalogue.territory(id)).slice(0, MAX_AGENCIES);
      const contact = [of("phone"), of("url")].filter((each) => each !== null).join(", ") || null;
      const view = { id, name: of("name") ?? id, colour: of("colour"), logo: of("logo"), contact, territory };
      return outgoing.json<typeof AgencyView>({ request, owner: caller.client }, view);
    },
    { detail: AGENCY },
  );
}

const AGENCY = operation({
  operationId: "getAgency",
  tags: ["Data"],
  summary: "Show an agency, its brand and the suburbs where it sells",
  parameters: [inPath("id", "The agency's id from GET /api/agencies")],
  responses: { 200: { description: "The agency", content: { "application/json": ref("Agency") } } },
  problems: [404],
});

const SEARCH = operation({
  operationId: "searchSuburbs",
  tags: ["Data"],
  summary: "Search suburbs",
  description: "Suburbs with data in the catalogue come first, then larger suburbs before smaller ones.",
  parameters: SEARCHED.parameters,
  responses: {
    200: { description: "Best match first, at most 20", content: { "application/json": ref("SuburbList") } },
  },
  problems: [422],
});

const AGENCIES = operation({
  operationId: "listAgencies",
  tags: ["Data"],
  summary: "List agencies that a report can be prepared for",
  description:
    "With a suburb, the agencies in the data of its report; without one, all agencies in the catalogue. At most 200.",
  parameters: OF_LOCALITY.parameters,
  responses: { 200: { description: "The agencies", content: { "application/json": ref("AgencyList") } } },
  problems: [422],
});
