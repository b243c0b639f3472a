import type { Database } from "bun:sqlite";
import { pastQuota, type Quota, quotaReached } from "../quota.ts";
import { type Calendar, inOrder, monthOf, USAGE_DAYS, type UsageMonth, type UsageRange } from "../usage.ts";
import type { Transaction } from "./transaction.ts";

const ACCEPTED = `
  INSERT INTO usage_months (month, client, accepted) VALUES (?, ?, ?)
  ON CONFLICT (month, client) DO UPDATE SET accepted = accepted + excluded.accepted`;
const ACCEPTED_ON_DAY = `
  INSERT INTO usage_days (day, client, accepted) VALUES (?, ?, ?)
  ON CONFLICT (day, client) DO UPDATE SET accepted = accepted + excluded.accepted`;
/** A job of a version that knew but one document has its report alone. */
const COMPLETED = `
  INSERT INTO usage_months (month, client, reports, documents, pages)
  SELECT ?1, client, 1, max(1, (SELECT count(*) FROM documents WHERE job_id = jobs.id)),
    coalesce((SELECT sum(pages) FROM documents WHERE job_id = jobs.id), report_pages, 0)
  FROM jobs WHERE id = ?2
  ON CONFLICT (month, client) DO UPDATE SET
    reports = reports + 1, documents = documents + excluded.documents, pages = pages + excluded.pages`;
const MONTHS = `
  SELECT month, client, accepted, reports, documents, pages FROM usage_months
  WHERE month BETWEEN ?1 AND ?2 AND (?3 IS NULL OR client = ?3)`;
const OF_DAY = "SELECT accepted FROM usage_days WHERE day = ? AND client = ?";
const OF_MONTH = "SELECT accepted FROM usage_months WHERE month = ? AND client = ?";
const FORGET_DAYS = "DELETE FROM usage_days WHERE day < ?";

const DAY_MS = 24 * 3_600_000;

/** Counts what clients request and are given, each in the transaction in which it happens. */
export function createUsage(db: Database, calendar: Calendar) {
  const { dayOf } = calendar;
  const ofDay = db.prepare<{ accepted: number }, [string, string]>(OF_DAY);
  const ofMonth = db.prepare<{ accepted: number }, [string, string]>(OF_MONTH);
  const accepted = db.prepare(ACCEPTED);
  const acceptedOnDay = db.prepare(ACCEPTED_ON_DAY);
  const completed = db.prepare(COMPLETED);
  const months = db.prepare<UsageMonth, [string, string, string | null]>(MONTHS);
  const forgetDays = db.prepare(FORGET_DAYS);

  return {
    accepted({ now }: Transaction, client: string, jobs: number): void {
      const day = dayOf(now);
      accepted.run(monthOf(day), client, jobs);
      acceptedOnDay.run(day, client, jobs);
    },

    /** @throws Failure "quota_reached" where so many more are past the client's quota. */
    checkQuota({ now }: Transaction, client: string, jobs: number, quota: Quota): void {
      const day = dayOf(now);
      const used = {
        day: ofDay.get(day, client)?.accepted ?? 0,
        month: ofMonth.get(monthOf(day), client)?.accepted ?? 0,
      };
      const past = pastQuota(quota, used, jobs);
      if (past !== null) throw quotaReached(past, now, calendar);
    },

    completed({ now }: Transaction, id: string): void {
      completed.run(monthOf(dayOf(now)), id);
    },

    forgetDays({ now }: Transaction): void {
      forgetDays.run(dayOf(new Date(now.getTime() - USAGE_DAYS * DAY_MS)));
    },

    months: ({ from, to, client }: UsageRange): readonly UsageMonth[] => inOrder(months.all(from, to, client ?? null)),
  };
}

export type SqliteUsage = ReturnType<typeof createUsage>;
