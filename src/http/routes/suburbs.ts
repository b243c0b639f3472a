import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { searchSuburbs } from "../../report/suburbs.ts";
import { json } from "../answer.ts";
import { operation, ref } from "../openapi/operation.ts";
import { invalidParameter, knownParameters } from "../query.ts";
import type { Shared } from "../shared.ts";

const MAX_SUBURBS = 20;

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

/** The gazetteer, for whoever types a suburb. */
export function suburbRoutes(shared: Shared) {
  return new Elysia().use(shared.admission).get(
    "/api/suburbs",
    ({ request }) => {
      const q = knownParameters(request, ["q"]).get("q")?.trim() ?? "";
      if (q === "" || q.length > 100) throw invalidParameter("q", "the beginning of a suburb's name or postcode");
      const suburbs = searchSuburbs(q, MAX_SUBURBS).map(({ suburb, state, postcode, latitude, longitude }) => ({
        suburb,
        state,
        postcode,
        latitude,
        longitude,
      }));
      return json({ suburbs });
    },
    { detail: SEARCH },
  );
}

const SEARCH = operation({
  operationId: "searchSuburbs",
  tags: ["Data"],
  summary: "Suburbs by what somebody has typed",
  parameters: [
    {
      name: "q",
      in: "query",
      description: 'The beginning of a name, with a state where it helps ("richmond vic"), or of a postcode',
      schema: { type: "string", minLength: 1, maxLength: 100, examples: ["manly"] },
    },
  ],
  answers: { 200: { description: "The best first, 20 at most", content: { "application/json": ref("SuburbList") } } },
  problems: [422],
});
