import type { Database } from "bun:sqlite";
import type { Job } from "../job.ts";
import { type JobRow, toJob } from "./job-row.ts";
import { summaryColumns } from "./summary.ts";

/** Ids examined between two turns of the event loop. They are read from the index alone. */
const EXAMINED_A_TURN = 10_000;

const EDGE = `
  SELECT id FROM jobs INDEXED BY sqlite_autoindex_jobs_1 WHERE id < ?1 AND id >= ?2
  ORDER BY id DESC LIMIT 1 OFFSET ${EXAMINED_A_TURN}`;
/** The id is compared first, the client only for what is left. */
const FOUND = `
  SELECT seq FROM jobs INDEXED BY sqlite_autoindex_jobs_1
  WHERE id < ?1 AND id >= ?2 AND (?3 = '' OR substr(id, -length(?3)) = ?3) AND (?4 IS NULL OR client = ?4) ORDER BY id DESC LIMIT ?5`;

/** After every id. */
const LAST = "g";

/** Jobs by a piece of their id, newest first: the ids begin with their time. */
export function createJobSearch(db: Database) {
  const edge = db.prepare<{ id: string }, [string, string]>(EDGE);
  const found = db.prepare<{ seq: number }, [string, string, string, string | null, number]>(FOUND);
  const rowOf = db.prepare<JobRow, [number]>(`SELECT ${summaryColumns(db)} FROM jobs WHERE seq = ?`);

  /** Between two ids, the upper one left out: those that end so; with an empty end, all of them. */
  async function between(low: string, high: string, end: string, client: string | null, limit: number) {
    const seqs: number[] = [];
    for (let top = high; ; ) {
      const bottom = edge.get(top, low)?.id ?? null;
      // The edge itself belongs to the next part.
      const from = bottom === null ? low : `${bottom}~`;
      const rows = found.all(top, from, end, client, limit - seqs.length);
      seqs.push(...rows.map(({ seq }) => seq));
      if (bottom === null || seqs.length >= limit) return seqs;
      top = from;
      await new Promise(setImmediate);
    }
  }

  const endingWith = (fragment: string, limit: number, client: string | null = null) =>
    between("", LAST, fragment, client, limit);

  return {
    /** The `seq` of each, newest first. */
    endingWith,

    async find(
      fragment: string,
      { client = null, limit }: { readonly client?: string | null; readonly limit: number },
    ): Promise<readonly Job[]> {
      const beginning = await between(fragment, `${fragment}${LAST}`, "", client, limit);
      const seqs = new Set([...beginning, ...(await endingWith(fragment, limit, client))]);
      return [...seqs].slice(0, limit).flatMap((seq) => {
        const row = rowOf.get(seq);
        return row === null ? [] : [toJob(row)];
      });
    },
  };
}

export type JobSearch = ReturnType<typeof createJobSearch>;
