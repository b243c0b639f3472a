import type { Caller } from "../../access/caller.ts";
import { asFailure } from "../../failure.ts";
import { BUILT_IN_MAPS, builtInMap } from "../../import/columns/built-in-maps.ts";
import { type MapDocument, parseMap } from "../../import/columns/map.ts";
import type { ServedJob } from "../../import/inbox/logged-inbox.ts";
import type { ImportDone, ImportTask } from "../../import/task.ts";
import { todayIn } from "../../import/today.ts";
import { parseJsonText } from "../../report/input/json.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "../../report/sources/catalogue.ts";
import { type BodyLimits, readChunks } from "../body.ts";
import { errors } from "../errors.ts";
import { defineQuery, flag, optionalChoice, text } from "../query.ts";
import { actorOf } from "./audited.ts";
import { jobsServedNow } from "./served-jobs.ts";
import type { Shared } from "./shared.ts";

/** An upload is written to the disk as it comes, so it may be far larger, and slower, than a request. */
const UPLOAD: BodyLimits = { maxBytes: 1_024 * 1_024 * 1_024, timeoutMs: 15 * 60_000 };

/** Uploads at once: each takes some of every turn of the event loop, and its size on the disk. */
const UPLOADS = { ofClient: 2, together: 4 } as const;

const OF_ROWS = {
  map: text("The name of a saved map of columns and words, or a complete map as JSON"),
  sheet: text("Sheet of a workbook; default: the sheet whose columns are known"),
  suburb: text("Suburb of rows that name none"),
  state: text("State of rows that name none"),
  postcode: text("Postcode of rows that name none"),
} as const;
const NAME = text("File name, shown in the list of imports");
const DRY_RUN = flag("Report what would be imported, and change nothing");
const SKIP_BAD = flag("Skip rows that cannot be read, and import the others");

/** @throws Failure "invalid_request" that names the kinds there are. */
export function parseKind(text: string): CatalogueKind {
  const kind = CATALOGUE_KINDS.find((each) => each === text);
  if (kind === undefined) throw errors.unknownKind(text, CATALOGUE_KINDS);
  return kind;
}

/** What a query states about a feed. */
export const FEED_QUERY = defineQuery({ name: NAME, dry_run: DRY_RUN });
/** Of rows of one kind. */
export const ROWS_QUERY = defineQuery({ ...OF_ROWS, name: NAME, dry_run: DRY_RUN, skip_bad: SKIP_BAD });
/** Of a file, whatever it is. */
export const FILE_QUERY = defineQuery({
  name: text("File name: it can determine the kind, and the list of imports shows it"),
  kind: optionalChoice("Kind of the rows; default: determined from the file name or the columns", CATALOGUE_KINDS),
  ...OF_ROWS,
  dry_run: DRY_RUN,
  skip_bad: SKIP_BAD,
});

type UploadQuery = Pick<ReturnType<typeof FILE_QUERY.read>, "name" | "dry_run"> &
  Partial<Omit<ReturnType<typeof FILE_QUERY.read>, "kind">>;

/** What is sent in for the catalogue, whatever route it comes by. */
export interface Uploads {
  /**
   * Imports the request's body with the options of its query.
   * @throws Failure "catalogue_busy" (transient) while too many others come in; as Importer.import.
   */
  receive(
    request: Request,
    caller: Caller,
    source: Pick<ImportTask, "kind" | "format" | "only">,
    query: UploadQuery,
  ): Promise<ImportDone>;
  /** Of the latest jobs that failed for lack of data those whose locality has some now. */
  servedNow(): Promise<readonly ServedJob[]>;
}

export function createUploads({ catalogue, importer, connections, queue, noteChange }: Shared): Uploads {
  /** Written by `admit` and `receive`. */
  const uploading: string[] = [];
  const admit = (client: string) => {
    const own = uploading.filter((each) => each === client).length;
    if (own >= UPLOADS.ofClient || uploading.length >= UPLOADS.together) throw errors.uploadsWaiting();
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
    throw errors.unknownMap(
      given,
      saved.map((each) => each.name),
      Object.keys(BUILT_IN_MAPS),
    );
  };
  return {
    async receive(request, caller, source, query) {
      const { name, map = null, sheet = null, suburb = null, state = null, postcode = null } = query;
      const task = {
        ...source,
        name: name?.slice(0, 200) ?? "",
        map: mapOf(map),
        sheet,
        locality: { suburb, state, postcode },
        dryRun: query.dry_run,
        skipBad: query.skip_bad ?? false,
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

function asJson(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw errors.brokenMap(asFailure(error).message);
  }
}
