import { settings } from "../settings/settings.ts";
import { EXIT } from "./exit.ts";

/** A text of `agentlink help TOPIC`, in addition to the help of the commands. */
export interface Topic {
  readonly summary: string;
  readonly text: () => string;
}

export const TOPICS: Readonly<Record<string, Topic>> = {
  settings: {
    summary: "every setting: variable, flag and default",
    text: () =>
      [
        "Each setting is an environment variable or a flag; a flag takes precedence. A secret can be in a file:",
        "AGENTLINK_X_FILE is the path of the file. `agentlink config` prints the values in effect.",
        "",
        ...settings.flatMap(({ variable, flag, value, fallback, description }) => [
          `${variable}, ${flag} <${value}>${fallback === "" ? "" : ` (${fallback})`}`,
          ...wrap(description, "    "),
        ]),
      ].join("\n"),
  },
  delivery: {
    summary: "where reports go, and who is notified",
    text: () => `AGENTLINK_DELIVERY is one or more of folder, dropbox and s3, separated by commas. Each target has its own
checkpoint: after a crash, a file that was already delivered is recognised, and not sent again.

  folder    AGENTLINK_DELIVERY_FOLDER; default: delivered/ in the data folder
  dropbox   \`agentlink dropbox login\` links an account and prints the settings;
            \`agentlink dropbox check\` uploads, reads and deletes a small file
  s3        AGENTLINK_S3_BUCKET, _ACCESS_KEY_ID, _SECRET_ACCESS_KEY, _ENDPOINT, _REGION;
            \`agentlink s3 check\` uploads, reads and deletes a small object

While a target is down or a setting is wrong, deliveries wait in the queue and lose no attempts;
\`agentlink doctor\` and /readyz report it. A job can have a callback: "callback_url" in the request,
--callback of submit, or AGENTLINK_CALLBACK_URL for all jobs. Callbacks are signed (Standard Webhooks)
and retried for 24 hours.

See docs/delivery.md.`,
  },
  "exit-codes": {
    summary: "exit codes",
    text: () => `  ${EXIT.done}    success
  ${EXIT.failed}    failure; standard error has the reason
  ${EXIT.usage}    wrong arguments or settings; nothing was changed
  ${EXIT.jobFailed}    submit, jobs watch: the job failed or was cancelled
  ${EXIT.unreachable}    no service responds at the address
  ${EXIT.stillRunning}    submit, jobs watch: the time of --timeout has passed; the job continues
  ${EXIT.interrupted}  submit, jobs watch: Ctrl-C; the job continues

\`healthcheck\` exits only with 0 or 1, except for wrong arguments. \`doctor\` exits with 1 if a check fails,
and with 0 if there are only warnings. \`cancel\` and \`retry\` with several jobs continue after a job that
cannot be changed, and exit with 1. Results go to standard output, all messages to standard error.`,
  },
  database: {
    summary: "the job tables, and the changes that you can make with SQL",
    text: () => `The jobs are in agentlink.db in the data folder, an SQLite file that people can read.
While the service runs, any SQLite can read it, read-only:

  sqlite3 -readonly data/agentlink.db 'SELECT * FROM queue_now'
  agentlink sql 'SELECT id, status, suburb, error FROM jobs ORDER BY created_at DESC LIMIT 20'

You can change a job's status and priority. The service notices the change within a second:

  agentlink sql --write "UPDATE jobs SET status = 'queued' WHERE id = '…'"      retry the job
  agentlink sql --write "UPDATE jobs SET status = 'cancelled' WHERE id = '…'"   cancel the job
  agentlink sql --write "UPDATE jobs SET priority = 9 WHERE id = '…'"           make it its client's next job

Write only with \`agentlink sql\`: SQLite 3.7.0 to 3.51.2 (Debian 12 has 3.40) can damage a database
that two programs write. \`agentlink backup FILE.db\` copies the database at any time.

docs/database.md describes the tables and views, with twenty example queries.`,
  },
  keys: {
    summary: "who has access, and how commands send their key",
    text: () => `While no key exists, the service accepts only requests of its own user on the same machine. Once a key
exists, every request needs one, also on this machine. If the keys are lost, create a new one.

  agentlink keys create --name make --scope submit --rate 120/min
  agentlink keys list
  agentlink keys revoke make

  read     see the jobs of its client (GET)
  submit   also request reports and change these jobs (POST)
  viewer   see everything of all clients, change nothing
  admin    everything, for all clients: catalogue, queue, keys, pruning
  metrics  only /metrics, for Prometheus

Commands that call a running service (submit, jobs, queue, prune) send the key from --key, from
AGENTLINK_KEY, or from the file in AGENTLINK_KEY_FILE; while no key exists, the key in local.key in the
data folder. Prefer the variable: every user who can list processes sees a flag. The service's address
is --url or AGENTLINK_URL; default: AGENTLINK_HOST and AGENTLINK_PORT.`,
  },
  backup: {
    summary: "what a backup contains, and how to restore it",
    text: () => `  agentlink backup /backup/agentlink-$(date +%F)
  agentlink restore /backup/agentlink-2026-11-25 --data-dir /var/lib/agentlink

A backup is a new folder with everything that a restore needs: the jobs with their data, the PDFs of
undelivered jobs, keys, the secret that signs callbacks, the catalogue, and a manifest with the SHA-256
of each file. You can take it at any time; the files are checked. It does not contain settings, browser
sessions or delivered PDFs. If the name ends with .db, only the job database is copied.

A restore needs an empty folder, and checks everything first. If it was interrupted, run it again. Then
start the service with its previous settings. Jobs that were accepted after the backup are not in it.
Jobs that completed after it run again with the same callback ids, and a file that was already delivered
with the same content is recognised. A missing PDF is rendered again.

With AGENTLINK_REDIS_URL, the jobs, keys and the secret are in Redis: see docs/several-hosts.md.`,
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
