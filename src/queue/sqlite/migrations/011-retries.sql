-- Each retry that is asked for makes a job's history, attempts and callbacks longer: they are counted, and bounded.
ALTER TABLE jobs ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
