-- Callbacks take turns by their whole address: one host may be the receivers of many, and a dead one delays no other.
DROP INDEX callbacks_due;
CREATE INDEX callbacks_due ON callbacks (url, next_try_at) WHERE status = 'pending';
