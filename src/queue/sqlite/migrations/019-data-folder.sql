-- Where the service last worked on this database: at another place it may be a copy of one that is worked on there, too.
CREATE TABLE data_folder (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  database_id TEXT NOT NULL, -- the same in all copies, until somebody says which of them is the one to go on with
  place TEXT NOT NULL CHECK (json_valid(place)) -- host, path, and what the machine and the file are recognised by
) STRICT;
