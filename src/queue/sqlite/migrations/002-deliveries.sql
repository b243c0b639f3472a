-- Each target's own checkpoint: a job that goes to several is sent again only to those that do not have it yet.
ALTER TABLE deliveries ADD COLUMN delivered_at TEXT;
ALTER TABLE deliveries ADD COLUMN delivered_to TEXT;
ALTER TABLE deliveries ADD COLUMN url TEXT;
