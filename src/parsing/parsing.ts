/*
 * Parses and validates megabytes of JSON in a separate thread: request bodies and responses of data sources.
 * Clients take turns within bounded memory; small texts are parsed at once.
 * Not here: connections and headers. Callers pass in the bytes.
 */

import { join } from "node:path";
import { Failure, type Outcome, returned } from "../failure.ts";
import { createLateThread } from "../host/scheduling/late-thread.ts";
import { needsPictures, type PictureUse, type PreparedPicture } from "../report/pictures/picture.ts";
import type { PreparedPictures } from "../report/pictures/pictures.ts";
import { type CheckedDataSet, checkDataSet } from "../report/sources/checked-data-set.ts";
import { messages } from "./messages.ts";
import { type ParsedBatch, type ParsedRequest, readBatch, readReport, readTable } from "./requests.ts";
import { createShares, type Shares } from "./shares.ts";

/** What is parsed, by kind: a body that requests a report or several, or what the data source sent. */
export interface Parsed {
  readonly report: ParsedRequest;
  readonly batch: ParsedBatch;
  readonly table: ParsedBatch;
  readonly dataSet: CheckedDataSet;
  readonly photo: PreparedPicture;
  readonly logo: PreparedPicture;
}

/** What the thread receives. */
export interface ParsingTask {
  readonly kind: keyof Parsed;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of a body from which they were taken. */
  readonly pictures?: PreparedPictures | undefined;
}

/** Parses and checks JSON of megabytes in a thread, owners in turn, so that it delays nothing else. */
export interface Parser {
  /** @throws Failure as {@link readReport}; "queue_closed" while the service stops. */
  report(bytes: Uint8Array<ArrayBuffer>, owner: string, pictures?: PreparedPictures): Promise<ParsedRequest>;
  /** @throws Failure as {@link readBatch}. */
  batch(bytes: Uint8Array<ArrayBuffer>, owner: string, pictures?: PreparedPictures): Promise<ParsedBatch>;
  /** The same from CSV. @throws Failure as {@link readTable}. */
  table(bytes: Uint8Array<ArrayBuffer>, owner: string): Promise<ParsedBatch>;
  /** What the data source sent. @throws Failure as {@link checkDataSet}. */
  dataSet(text: string): Promise<CheckedDataSet>;
  /** A picture of a row that is imported, as it is stored. */
  picture(dataUri: string, use: PictureUse): Promise<PreparedPicture>;
  /** One of a body, with what JSON escapes in it. */
  pictureText(text: Uint8Array<ArrayBuffer>, use: PictureUse, owner: string): Promise<PreparedPicture>;
  /** The clients whose bytes are in memory, also before they are parsed. */
  readonly shares: Shares;
  close(): Promise<void>;
}

type ThreadRunOptions = NonNullable<Parameters<ReturnType<typeof createLateThread>["run"]>[1]>;

/**
 * Up to here a text is parsed at once: that takes a millisecond or two, and a thread would take as long. Five megabytes
 * of nested data take half a second. In a batch each forty bytes may be a suburb to be searched for.
 */
export const AT_ONCE_BYTES = { report: 32_768, batch: 1_024, dataSet: 32_768 } as const;
/** The operator's own source has its turn like a client. No client has this name. */
const SOURCE = "the source";
const IMPORTS = "the catalogue";

/** Set by build.ts: where the compiled binary stores the module. */
declare const AGENTLINK_PARSING_WORKER: string | undefined;

const WORKER_FILE =
  typeof AGENTLINK_PARSING_WORKER === "string" ? AGENTLINK_PARSING_WORKER : join(import.meta.dir, "worker.ts");

/** The result of the work; null if there is none, or if it meets pictures, which only the thread handles. */
function atOnce<T>(work: false | (() => T)): T | null {
  try {
    return work === false ? null : work();
  } catch (error) {
    if (needsPictures(error)) return null;
    throw error;
  }
}

export function createParser(): Parser {
  const threads = createLateThread(WORKER_FILE);
  const shares = createShares();
  /** Written by `close`. */
  let closed = false;

  function inThread<Kind extends keyof Parsed>(
    owner: string,
    kind: Kind,
    bytes: ParsingTask["bytes"],
    pictures?: PreparedPictures,
  ): Promise<Parsed[Kind]> {
    return shares.inOrder(owner, async () => {
      const task: ParsingTask = { kind, bytes, pictures };
      try {
        const transferList = [bytes.buffer] as unknown as NonNullable<ThreadRunOptions["transferList"]>;
        return returned((await threads.run(task, { transferList })) as Outcome<Parsed[Kind]>);
      } catch (error) {
        if (!closed || error instanceof Failure) throw error;
        throw new Failure("queue_closed", messages.stopping, { transient: true, cause: error });
      }
    });
  }

  return {
    async report(bytes, owner, pictures) {
      const parsed = atOnce(bytes.length <= AT_ONCE_BYTES.report && (() => readReport(bytes, pictures)));
      return parsed ?? inThread(owner, "report", bytes, pictures);
    },
    async batch(bytes, owner, pictures) {
      const parsed = atOnce(bytes.length <= AT_ONCE_BYTES.batch && (() => readBatch(bytes, pictures)));
      return parsed ?? inThread(owner, "batch", bytes, pictures);
    },
    async table(bytes, owner) {
      return atOnce(bytes.length <= AT_ONCE_BYTES.batch && (() => readTable(bytes))) ?? inThread(owner, "table", bytes);
    },
    async dataSet(text) {
      return (
        atOnce(text.length <= AT_ONCE_BYTES.dataSet && (() => checkDataSet(text))) ??
        inThread(SOURCE, "dataSet", new TextEncoder().encode(text))
      );
    },
    picture: (dataUri, use) => inThread(IMPORTS, use, new TextEncoder().encode(dataUri)),
    pictureText: (text, use, owner) => inThread(owner, use, text),
    shares,
    async close() {
      closed = true;
      await threads.destroy();
    },
  };
}
