import type { Caller } from "../../access/access.ts";
import { Failure } from "../../failure.ts";
import { BUILT_IN_MAPS, builtInMap } from "../../import/built-in-maps.ts";
import { type MapDocument, parseMap } from "../../import/map.ts";
import type { ImportDone, ImportTask } from "../../import/task.ts";
import { todayIn } from "../../import/today.ts";
import { type BodyLimits, readChunks } from "../body.ts";
import { invalidParameter } from "../query.ts";
import { actorOf } from "./actor.ts";
import { jobsServedNow, type ServedJob } from "./served-jobs.ts";
import type { Shared } from "./shared.ts";

/** An upload is written to the disk as it comes, so it may be far larger, and slower, than a request. */
const UPLOAD: BodyLimits = { maxBytes: 1_024 * 1_024 * 1_024, timeoutMs: 15 * 60_000 };

/** Uploads at once: each takes some of every turn of the event loop, and its size on the disk. */
const UPLOADS = { ofClient: 2, together: 4 } as const;
const COME_BACK_MS = 10_000;

/** What is sent in for the catalogue, whatever route it comes by. */
export interface Uploads {
  /**
   * Imports the request's body, with what its query says of it.
   * @throws Failure "catalogue_busy" (transient) while too many others come in; as Importer.import.
   */
  receive(request: Request, caller: Caller, wanted: Pick<ImportTask, "kind" | "format" | "only">): Promise<ImportDone>;
  /** Of the latest jobs that failed for want of data those whose place has some now. */
  servedNow(): Promise<readonly ServedJob[]>;
}

export function createUploads({ catalogue, importer, connections, queue, noteChange }: Shared): Uploads {
  const uploading: string[] = [];
  const admit = (client: string) => {
    const own = uploading.filter((each) => each === client).length;
    if (own >= UPLOADS.ofClient || uploading.length >= UPLOADS.together)
      throw new Failure("catalogue_busy", "Other uploads are coming in. Send it again when they are through.", {
        transient: true,
        retryAfterMs: COME_BACK_MS,
      });
    uploading.push(client);
  };
  /** A saved map by its name, or one that is sent along as JSON. */
  const mapOf = (given: string | null): MapDocument | null => {
    if (given === null || given === "") return null;
    if (given.startsWith("{")) return parseMap(asJson(given), "in the query").document;
    const saved = catalogue.maps();
    const found = saved.find((each) => each.name === given);
    if (found !== undefined) return parseMap(JSON.parse(found.document), given).document;
    const builtIn = builtInMap(given);
    if (builtIn !== null) return parseMap(builtIn, given).document;
    const names = saved.length === 0 ? "none is saved" : `saved are ${saved.map((each) => each.name).join(", ")}`;
    throw invalidParameter(
      "map",
      `there is no map "${given.slice(0, 60)}" (${names}); built in are ${Object.keys(BUILT_IN_MAPS).join(", ")}; PUT /api/catalogue-maps/{name} saves one`,
    );
  };
  return {
    async receive(request, caller, wanted) {
      const query = new URL(request.url).searchParams;
      const task = {
        ...wanted,
        name: query.get("name")?.slice(0, 200) ?? "",
        map: mapOf(query.get("map")),
        sheet: query.get("sheet"),
        place: { suburb: query.get("suburb"), state: query.get("state"), postcode: query.get("postcode") },
        dryRun: isYes(query, "dry_run"),
        skipBad: isYes(query, "skip_bad"),
        actor: actorOf(caller, request),
        today: todayIn(new Date()),
      };
      // The limits watch over the upload; while a million rows are merged the connection is silent.
      connections.allowSilence(request, 0);
      admit(caller.client);
      try {
        const done = await importer.import(readChunks(request, UPLOAD), task);
        const { id, kinds } = done.changes;
        noteChange(request, {
          subject: task.name || (id === null ? null : `import ${id}`),
          detail: describe(id, kinds),
        });
        return done;
      } finally {
        uploading.splice(uploading.indexOf(caller.client), 1);
      }
    },
    servedNow: () => jobsServedNow(queue, catalogue),
  };
}

/** "import 12: 3 new, 1 changed sales", for the audit list. */
function describe(id: number | null, kinds: ImportDone["changes"]["kinds"]): string {
  const parts = Object.entries(kinds).flatMap(([kind, each]) => {
    const counts = (["new", "changed", "removed"] as const).flatMap((what) =>
      each[what] > 0 ? [`${each[what]} ${what}`] : [],
    );
    return counts.length === 0 ? [] : [`${counts.join(", ")} ${kind}`];
  });
  return `${id === null ? "" : `import ${id}: `}${parts.join("; ") || "nothing changed"}`;
}

/** A flag of a query: absent and empty are no. @throws Failure "invalid_request" */
export function isYes(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  if (value === null || /^(false|0|no|)$/i.test(value)) return false;
  if (/^(true|1|yes)$/i.test(value)) return true;
  throw invalidParameter(name, "true or false");
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidParameter("map", "it begins as JSON and is none: send the name of a saved map, or a whole map");
  }
}
