-- The jobs that have ended, by how long their attempts ran: for the list's order.
CREATE INDEX jobs_duration ON jobs (ran_ms) WHERE ended_at IS NOT NULL;
