-- What each client asked for and was given, a month and a day: for invoices and quotas. It stays when jobs are pruned.
CREATE TABLE usage_months (
  month TEXT NOT NULL, -- 2026-11, in the service's time zone (AGENTLINK_TIME_ZONE)
  client TEXT NOT NULL,
  accepted INTEGER NOT NULL DEFAULT 0, -- requests
  reports INTEGER NOT NULL DEFAULT 0, -- jobs completed
  documents INTEGER NOT NULL DEFAULT 0, -- of those
  pages INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (month, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_days (
  day TEXT NOT NULL, -- the last weeks alone
  client TEXT NOT NULL,
  accepted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, client)
) STRICT, WITHOUT ROWID;

-- Of the jobs that are still there.
INSERT INTO usage_months (month, client, accepted)
SELECT strftime('%Y-%m', created_at, coalesce(
    (SELECT offset_minutes FROM time_zone WHERE since <= created_at ORDER BY since DESC LIMIT 1), 0) || ' minutes') AS month,
  client, count(*)
FROM jobs GROUP BY month, client;
INSERT INTO usage_months (month, client, reports, documents, pages)
SELECT strftime('%Y-%m', ended_at, coalesce(
    (SELECT offset_minutes FROM time_zone WHERE since <= ended_at ORDER BY since DESC LIMIT 1), 0) || ' minutes') AS month,
  client, count(*),
  sum(max(1, (SELECT count(*) FROM documents WHERE job_id = jobs.id))),
  sum(coalesce((SELECT sum(pages) FROM documents WHERE job_id = jobs.id), report_pages, 0))
FROM jobs WHERE status = 'completed' AND ended_at IS NOT NULL GROUP BY month, client
ON CONFLICT (month, client) DO UPDATE SET reports = excluded.reports, documents = excluded.documents, pages = excluded.pages;
