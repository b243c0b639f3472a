import { settings } from "../settings/settings.ts";
import { EXIT } from "./exit.ts";

/** What `agentlink help TOPIC` tells, beside the commands' own help. */
export interface Topic {
  readonly summary: string;
  readonly text: () => string;
}

export const TOPICS: Readonly<Record<string, Topic>> = {
  settings: {
    summary: "every setting: variable, flag and default",
    text: () =>
      [
        "Each setting is a variable of the environment or a flag; the flag wins. A secret can be in a file:",
        "AGENTLINK_X_FILE names it. `agentlink config` prints the values in effect.",
        "",
        ...settings.flatMap(({ variable, flag, value, fallback, description }) => [
          `${variable}, ${flag} <${value}>${fallback === "" ? "" : ` (${fallback})`}`,
          ...wrap(description, "    "),
        ]),
      ].join("\n"),
  },
  delivery: {
    summary: "where reports go, and who is notified",
    text: () => `AGENTLINK_DELIVERY names one or several of folder, dropbox and s3. Each has a checkpoint of its own:
after a crash a file that is there is recognised, and not sent again.

  folder    below AGENTLINK_DELIVERY_FOLDER, else delivered/ in the data folder
  dropbox   \`agentlink dropbox login\` links an account and prints what to set;
            \`agentlink dropbox check\` goes the way of a report with a small file
  s3        AGENTLINK_S3_BUCKET, _ACCESS_KEY_ID, _SECRET_ACCESS_KEY, _ENDPOINT, _REGION;
            \`agentlink s3 check\` goes the way of a report with a small object

While a target is away or refuses a setting, deliveries wait in the queue with all their attempts;
\`agentlink doctor\` and /readyz say so. A job can have a callback: "callback_url" in the request, --callback of submit, or
AGENTLINK_CALLBACK_URL for all. Callbacks are signed (Standard Webhooks) and sent for 24 hours.

docs/delivery.md has it all.`,
  },
  "exit-codes": {
    summary: "exit codes",
    text: () => `  ${EXIT.done}    done
  ${EXIT.failed}    it failed; what and why is on standard error
  ${EXIT.usage}    the call or a setting is wrong, and nothing was done
  ${EXIT.jobFailed}    submit, jobs watch: the job failed or was cancelled
  ${EXIT.unreachable}    nothing responds where the service should be
  ${EXIT.stillRunning}    submit, jobs watch: the time of --timeout is over; the job continues
  ${EXIT.interrupted}  submit, jobs watch: Ctrl-C; the job continues

\`healthcheck\` knows 0 and 1 alone, but for a wrong call. \`doctor\` ends with 1 where something fails,
and with 0 where it only warns. \`cancel\` and \`retry\` of several jobs go on after one that refuses,
and end with 1. What was asked for goes to standard output, everything about it to standard error.`,
  },
  database: {
    summary: "the job tables, and what you may change by hand",
    text: () => `The jobs are in agentlink.db in the data folder, an SQLite file made to be read by a person.
While the service works it may be read by any SQLite, read-only:

  sqlite3 -readonly data/agentlink.db 'SELECT * FROM queue_now'
  agentlink sql 'SELECT id, status, suburb, error FROM jobs ORDER BY created_at DESC LIMIT 20'

By hand two things may be changed, and the service takes them up within a second:

  agentlink sql --write "UPDATE jobs SET status = 'queued' WHERE id = '…'"      try again
  agentlink sql --write "UPDATE jobs SET status = 'cancelled' WHERE id = '…'"   do not do it
  agentlink sql --write "UPDATE jobs SET priority = 9 WHERE id = '…'"           9 goes first among its client's

Write with \`agentlink sql\` alone: SQLite 3.7.0 to 3.51.2 (Debian 12 has 3.40) can damage a database
that two programs write. \`agentlink backup FILE.db\` copies it at any time.

docs/database.md has the tables, the views, and twenty questions answered.`,
  },
  keys: {
    summary: "who may call, and how commands send their key",
    text: () => `Until there is a key, programs of the service's own user on its own machine are served, and no
others. From the first key on every request needs one, from this machine too, also should the keys
get lost: then make a new one.

  agentlink keys create --name make --scope submit --rate 120/min
  agentlink keys list
  agentlink keys revoke make

  read     sees the jobs of its client (GET)
  submit   asks for reports and changes them, too (POST)
  viewer   sees everything of everybody, and changes nothing
  admin    everything, and everybody's: the catalogue, the queue, keys, pruning
  metrics  reads /metrics, and nothing else: for Prometheus

The commands that ask a running service (submit, jobs, queue, prune) show the key of --key, of
AGENTLINK_KEY, or of the file that AGENTLINK_KEY_FILE names; while there are no keys, the one in
local.key in the data folder. Prefer the variable: a flag is seen by
everybody who can list processes. --url or AGENTLINK_URL says where the service is; without them it is
looked for at AGENTLINK_HOST and AGENTLINK_PORT.`,
  },
  backup: {
    summary: "what a backup contains, and how to restore it",
    text: () => `  agentlink backup /backup/agentlink-$(date +%F)
  agentlink restore /backup/agentlink-2026-11-25 --data-dir /var/lib/agentlink

A backup is a new folder with all that a restore needs, taken at any time, checked and whole: the jobs
with their data, the PDFs of those not yet delivered, keys, the secret that signs callbacks, the
catalogue, and a manifest with the SHA-256 of each file. Not in it: settings, sign-ins of browsers,
PDFs that were delivered. A name that ends in .db copies the jobs' database alone.

A restore goes into an empty folder, checks everything first, and is run again where it was cut short.
Then start the service with the settings it had. What was accepted after the backup is not in it; what
was completed after it is done again under the same callback ids, and a file that is there already
with the same content is recognised. A PDF that is not there is rendered again.

With AGENTLINK_REDIS_URL the jobs, keys and the secret are in Redis: docs/several-hosts.md.`,
  },
};

const WIDTH = 100;

/** Lines of this width, broken between words. */
function wrap(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line.length + word.length > WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
