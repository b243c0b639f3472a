import type { Database } from "bun:sqlite";
import { Failure } from "../../failure.ts";
import type { NewJob, Submitted } from "../job.ts";
import { acceptedJob, columnsOf, JOB_COLUMNS } from "../job-fields.ts";
import { messages } from "../messages.ts";
import type { Quota } from "../quota.ts";
import { metadataText, requestedText } from "../request.ts";
import { queueFull, tooMany } from "../share.ts";
import type { Counts } from "./counts.ts";
import { type JobRow, toJob } from "./job-row.ts";
import { summaryColumns } from "./summary.ts";
import type { Transaction } from "./transaction.ts";
import type { SqliteUsage } from "./usage.ts";

const IDEMPOTENCY_MS = 24 * 3_600_000;

const findKeyWith = (columns: string) => `
  SELECT idempotency.fingerprint, ${columns} FROM idempotency JOIN jobs ON jobs.id = idempotency.job_id
  WHERE idempotency.client = ? AND idempotency.key = ? AND idempotency.item = ? AND idempotency.expires_at > ?`;

const STORE_KEY = `
  INSERT OR REPLACE INTO idempotency (client, key, item, fingerprint, job_id, expires_at) VALUES (?, ?, ?, ?, ?, ?)`;

const INSERTED = ["id", "callback_url", "metadata", "requested", ...JOB_COLUMNS] as const;
const INSERT_JOB = `
  INSERT INTO jobs (revision, ${INSERTED.join(", ")}) VALUES (1, ${INSERTED.map(() => "?").join(", ")})`;

const OPEN_BY_CLIENT = "SELECT client, open_jobs AS open FROM clients WHERE open_jobs > 0";

const STORE_DATA_SET = "INSERT INTO data_sets (job_id, data_set) VALUES (?, ?)";

type Found = JobRow & { readonly fingerprint: string };

export interface SqliteSubmitDependencies {
  readonly db: Database;
  readonly counts: Counts;
  readonly queueLimit: number;
  readonly clients: () => number;
  readonly usage: Pick<SqliteUsage, "accepted" | "checkQuota">;
}

/** Accepts all of the jobs or none: what can be refused is examined before the first is written. */
export function createSubmit({ db, counts, queueLimit, clients, usage }: SqliteSubmitDependencies) {
  const findKey = db.prepare<Found, [string, string, number, string]>(findKeyWith(summaryColumns(db)));
  const storeKey = db.prepare(STORE_KEY);
  const insertJob = db.prepare(INSERT_JOB);
  const openByClient = db.prepare<{ client: string; open: number }, []>(OPEN_BY_CLIENT);
  const storeDataSet = db.prepare(STORE_DATA_SET);

  function insert(transaction: Transaction, job: NewJob): Submitted {
    const id = Bun.randomUUIDv7();
    const { client, request, callbackUrl = null } = job;
    const accepted = acceptedJob(id, job, transaction.at);
    const row = {
      ...{ id, callback_url: callbackUrl, metadata: metadataText(request), requested: requestedText(request) },
      ...columnsOf(accepted),
    };
    insertJob.run(...INSERTED.map((name) => row[name]));
    if (job.dataSet !== null) storeDataSet.run(id, job.dataSet);
    if (job.idempotency !== null) {
      const { key, item, fingerprint } = job.idempotency;
      const expiresAt = new Date(transaction.now.getTime() + IDEMPOTENCY_MS).toISOString();
      storeKey.run(client, key, item, fingerprint, id, expiresAt);
    }
    transaction.changes.push({ id, from: null, to: "queued", stage: accepted.stage });
    return { created: true, job: accepted };
  }

  return (transaction: Transaction, jobs: readonly NewJob[], quota: Quota | null = null): readonly Submitted[] => {
    const earlier = jobs.map((job) => findEarlier(job, transaction.at));
    const first = firstOfEachKey(jobs);
    const fresh = jobs.filter((_, index) => earlier[index] === null && first[index] === index);
    checkRoom(fresh, counts.open() + openedBy(transaction));
    const requested = [...Map.groupBy(fresh, ({ client }) => client)].map(
      ([client, own]) => [client, own.length] as const,
    );
    if (quota !== null) for (const [client, count] of requested) usage.checkQuota(transaction, client, count, quota);
    for (const [client, count] of requested) usage.accepted(transaction, client, count);
    const submitted: Submitted[] = [];
    jobs.forEach((job, index) => {
      const there = earlier[index] ?? submitted[first[index] ?? index]?.job ?? null;
      submitted.push(there === null ? insert(transaction, job) : { job: there, created: false });
    });
    return submitted;
  };

  function findEarlier({ client, idempotency }: NewJob, at: string) {
    if (idempotency === null) return null;
    const found = findKey.get(client, idempotency.key, idempotency.item, at);
    if (found === null) return null;
    if (found.fingerprint !== idempotency.fingerprint) throw conflict(idempotency.key);
    return toJob(found);
  }

  /** Up to half of the limit every client is admitted: see share.ts. */
  function checkRoom(fresh: readonly NewJob[], open: number): void {
    if (fresh.length === 0 || 2 * (open + fresh.length) <= queueLimit) return;
    const loads = new Map(openByClient.all().map((row) => [row.client, { open: row.open, requested: 0 }]));
    for (const { client } of fresh) {
      const load = loads.get(client) ?? { open: 0, requested: 0 };
      loads.set(client, { ...load, requested: load.requested + 1 });
    }
    const sharing = { limit: queueLimit, clients: clients(), loads: [...loads.values()] };
    const past = tooMany(sharing);
    if (past > 0) throw queueFull({ ...sharing, open, past, msUntilEnded: counts.msUntilEnded });
  }
}

/** For each job the index of the first with the same key: one call may bring a key twice. */
function firstOfEachKey(jobs: readonly NewJob[]): readonly number[] {
  const firsts = new Map<string, number>();
  return jobs.map(({ client, idempotency }, index) => {
    if (idempotency === null) return index;
    const name = JSON.stringify([client, idempotency.key, idempotency.item]);
    const first = firsts.get(name) ?? index;
    firsts.set(name, first);
    if (jobs[first]?.idempotency?.fingerprint !== idempotency.fingerprint) throw conflict(idempotency.key);
    return first;
  });
}

function openedBy({ changes }: Transaction): number {
  return changes.filter(({ from }) => from === null).length;
}

function conflict(key: string): Failure {
  return new Failure("idempotency_conflict", messages.idempotencyKey(JSON.stringify(key)));
}
