import type { Database } from "bun:sqlite";
import { compareText } from "../../../text/text.ts";
import type { Decision } from "../../data-set.ts";

/** What a person decided of two ids, which no import changes. */
export const DECISIONS_TABLE = `CREATE TABLE decisions (
  kind TEXT NOT NULL CHECK (kind IN ('agency', 'agent', 'sale')), one TEXT NOT NULL, other TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('merge', 'split')), decided_at TEXT NOT NULL,
  PRIMARY KEY (kind, one, other)) STRICT`;

interface DecisionRow {
  readonly kind: Decision["kind"];
  readonly one: string;
  readonly other: string;
  readonly decision: Decision["decision"];
}

/** All decisions, at most as many as a data set takes: the latest. */
export function readDecisions(database: Database): readonly Decision[] {
  const rows = database.query<DecisionRow, []>(
    "SELECT kind, one, other, decision FROM decisions ORDER BY decided_at DESC, kind, one, other LIMIT 5000",
  );
  return rows.all().map(({ kind, one, other, decision }) => ({ kind, decision, ids: [one, other] }));
}

/** Stores a decision in place of one before it on the same two; null takes that back. Returns whether anything changed. */
export function writeDecision(
  database: Database,
  { kind, ids, decision }: Pick<Decision, "kind" | "ids"> & { readonly decision: Decision["decision"] | null },
): boolean {
  const [one = "", other = ""] = ids.toSorted(compareText);
  if (decision === null)
    return (
      database.query("DELETE FROM decisions WHERE kind = ? AND one = ? AND other = ?").run(kind, one, other).changes > 0
    );
  const result = database
    .query(
      `INSERT INTO decisions (kind, one, other, decision, decided_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET decision = excluded.decision, decided_at = excluded.decided_at
        WHERE decision <> excluded.decision`,
    )
    .run(kind, one, other, decision, new Date().toISOString());
  return result.changes > 0;
}
