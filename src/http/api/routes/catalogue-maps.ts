import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { BUILT_IN_MAPS } from "../../../import/columns/built-in-maps.ts";
import { MapSchema, parseMap } from "../../../import/columns/map.ts";
import { nullable, type Viewed } from "../../../views/nullable.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { decoded, inPath } from "../../path.ts";
import { json } from "../../response.ts";
import type { Shared } from "../shared.ts";
import type { CatalogueRemoved } from "./catalogue-changes.ts";

export const CatalogueMaps = t.Object({
  maps: t.Array(
    t.Object({
      name: t.String(),
      saved_at: nullable(t.String({ description: "When it was saved; null for a built-in map" })),
      built_in: t.Boolean({ description: "Part of the program. A saved map with the same name takes precedence" }),
      map: t.Record(t.String(), t.Unknown()),
    }),
  ),
});

const MAP_NAME = /^[\w.-]{1,60}$/;

/** The maps of columns and words that are saved by name. */
export function catalogueMapRoutes({ admission, catalogue, limits, outgoing }: Shared) {
  return new Elysia()
    .use(admission)
    .get(
      "/api/catalogue-maps",
      ({ request, caller }) => {
        const saved = catalogue
          .maps()
          .map(({ name, saved_at, document }) => ({ name, saved_at, built_in: false, map: JSON.parse(document) }));
        const builtIn = Object.entries(BUILT_IN_MAPS)
          .filter(([name]) => !saved.some((each) => each.name === name))
          .map(([name, map]) => ({ name, saved_at: null, built_in: true, map }));
        const maps = { maps: [...saved, ...builtIn] } satisfies Viewed<typeof CatalogueMaps>;
        return outgoing.json<typeof CatalogueMaps>({ request, owner: caller.client }, maps);
      },
      { detail: MAPS },
    )
    .put(
      "/api/catalogue-maps/:name",
      async ({ request, params }) => {
        const name = decoded(params.name);
        if (!MAP_NAME.test(name)) throw errors.mapName();
        const { value } = await readJson(request, limits);
        const { document } = parseMap(value, name);
        catalogue.saveMap(name, JSON.stringify(document));
        const maps = [{ name, saved_at: new Date().toISOString(), built_in: false, map: document }];
        return json<typeof CatalogueMaps>({ maps });
      },
      { parse: "none", detail: SAVE_MAP },
    )
    .delete(
      "/api/catalogue-maps/:name",
      ({ params }) => {
        const name = decoded(params.name);
        if (!catalogue.deleteMap(name)) throw errors.unknownSavedMap(name);
        return json<typeof CatalogueRemoved>({ removed: 1, import_id: null });
      },
      { parse: "none", detail: DELETE_MAP },
    );
}

const MAPS = operation({
  operationId: "listCatalogueMaps",
  tags: ["Data"],
  summary: "List the maps of columns and words, saved and built in",
  responses: {
    200: {
      description: "Saved maps by name, then built-in maps",
      content: { "application/json": ref("CatalogueMaps") },
    },
  },
});

const SAVE_MAP = operation({
  operationId: "saveCatalogueMap",
  tags: ["Data"],
  summary: "Save a map of columns and words",
  description: "For `?map=` of PUT /api/catalogue/{kind}, and --map.",
  parameters: [inPath("name", "1 to 60 letters, digits, dots, hyphens and underscores")],
  body: {
    content: {
      "application/json": MapSchema,
    },
  },
  responses: { 200: { description: "The map was saved", content: { "application/json": ref("CatalogueMaps") } } },
  problems: [400, 408, 413, 415, 422],
});

const DELETE_MAP = operation({
  operationId: "deleteCatalogueMap",
  tags: ["Data"],
  summary: "Delete a saved map",
  parameters: [inPath("name", "Name of the map")],
  responses: { 200: { description: "The map was deleted", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [404],
});
