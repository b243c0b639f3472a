import { quoted } from "../text/visible-text.ts";

/**
 * The sentences that commands print, or refuse with: what happened, then what to do. A change of wording is a change here.
 * Help is beside the command or the option that it describes, and the doctor's findings are in doctor/messages.ts.
 */
export const messages = {
  // audit
  noAuditEntry:
    "no entry of the audit log matches: omit some options, or list the latest entries with `agentlink audit`",

  // catalogue
  noSuburb: (q: string) =>
    `the catalogue has no suburb that matches ${quoted(q)}: \`agentlink catalogue\` lists the suburbs`,
  moreSuburbs: (suburbs: number) => `${count(suburbs, "more suburb")}: raise --limit, or give part of a name`,
  catalogueEmpty:
    "the catalogue is empty: import a CSV, Excel or JSON export with `agentlink import FILE` (`agentlink import --template sales` prints the columns; see docs/data.md)",
  nothingAbout: (suburb: string, state: string, postcode: string) =>
    `the catalogue has nothing about ${suburb} ${state} ${postcode}: import its sales, listings or agents with \`agentlink import FILE\``,
  kindOptionUnknown: (kind: string, kinds: string) => `--kind must be one of ${kinds}, not ${quoted(kind)}`,
  noneOf: (kind: string, suburb: string, state: string) => `the catalogue has no ${kind} of ${suburb} ${state}`,
  salesSpan: (oldest: null | string, newest: null | string, age: string, lastYear: number) =>
    ` from ${oldest} to ${newest} (${age} old), ${lastYear} sold in the twelve months to the newest`,
  nothingImported: "nothing has been imported yet",
  noImport: "there is no import to undo",
  removedPermanently: (rows: number) => `${count(rows, "row")} removed permanently`,
  rowsRemain: (rows: number) =>
    rows === 1
      ? "; 1 row was changed by a later import and remains"
      : `; ${rows} rows were changed by later imports and remain`,
  importUndone: (id: number, removed: number, restored: number, remain: string) =>
    `import ${id} undone: ${count(removed, "row")} removed, ${restored} restored${remain}`,
  noRow: (kind: string, id: string) => `the catalogue has no ${kind} with the id ${quoted(id)}`,
  nothingToRemove: (suburb: string, state: string, postcode: string) =>
    `the catalogue has nothing about ${suburb} ${state} ${postcode}`,
  wouldRemove: (count: number, rows: string) => `${count} ${rows} would be removed; nothing was changed (--dry-run)`,
  removed: (count: number, rows: string, them: string, id: null | number) =>
    `${count} ${rows} removed; to restore ${them}: agentlink catalogue undo ${id}`,
  noMapSaved: "no map is saved; to save one: agentlink catalogue map NAME FILE",
  mapSaved: (name: string) =>
    `saved; use it with agentlink import --map ${name}, or PUT /api/catalogue/sales?map=${name}`,
  kindUnknown: (kind: string, kinds: string) => `the kind must be one of ${kinds}, not ${quoted(kind)}`,

  // access
  notifyTest: "This is a test. Notifications of problems will arrive here. Nothing is wrong.",
  notifyUnset:
    "notifications are not configured: set AGENTLINK_NOTIFY_MAIL and AGENTLINK_SMTP_URL, or AGENTLINK_NOTIFY_WEBHOOK",

  // catalogue
  officeNamed: (code: string, agency: string, changes: string) => `the office ${code} is now ${agency}: ${changes}`,
  nameRow: (kind: string) => `name one of the ${kind} by its id, as \`catalogue show --kind\` prints it`,
  confirmClear: (rows: string, count: number, dataDir: string) =>
    `Remove ${rows} (${count}) from the catalogue of ${dataDir}? This cannot be undone.`,
  mapName: "a map's name must have 1 to 60 letters, digits, dots, hyphens and underscores",
  badImportId: (text: string) =>
    `the import must be a number from \`agentlink catalogue imports\`, not ${quoted(text)}`,
  notOneOf: (words: string) => `must be one of ${words}`,
  notEither: (words: string) => `must be ${words}`,
  badRange: "must be a range such as 3, 3+, 2-4 or -4",
  rangeOrder: (range: string) => `must begin with the smaller number: ${range}`,
  givenTwice: (option: string) => `${option} was given more than once: give it once`,
  emptyOption: (option: string) => `${option} is empty: give it a value, or omit it`,

  // usage-error
  badValue: (option: string, value: string, rule: string) =>
    rule.startsWith("must ")
      ? `${option} ${rule}${value.trim() === "" ? "" : `, not ${quoted(value)}`}`
      : `${option}: ${rule}`,
  valueMissing: (option: string) => `a value is missing: ${option}`,
  optionMissing: (option: string) => `an option is required: ${option}`,
  notOption: (option: string, nearest: string | undefined) =>
    `there is no option ${quoted(option)}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`,
  notCommand: (command: string, nearest: string | undefined) =>
    `there is no command ${quoted(command)}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`,
  argumentMissing: (command: string, argument: string) => `an argument is missing: ${command} <${argument}>`,
  tooManyArguments: (command: string, most: number, given: string) =>
    `\`${command}\` takes ${most === 0 ? "no arguments" : `at most ${count(most, "argument")}`}, but was given ${given}`,
  listsOptions: (command: string) => `\`${command} --help\` lists the options.`,
  listsCommands: (command: string) => `\`${command} --help\` lists the commands.`,

  // completion
  noCompletion: "the completion library created no command",

  // data
  backupWithoutPdfs: (pdfs: number) => `PDFs of undelivered jobs that are missing, and will be rendered again: ${pdfs}`,
  backupOfRedis: (redis: string) =>
    `the jobs, keys and the secret for callbacks are in ${redis}, not in this backup. Back up Redis, too: \`redis-cli --rdb FILE\`. See docs/several-hosts.md`,
  restoredWithoutPdfs: (missing: number) => `${missing} PDFs were not in the backup; they will be rendered again`,
  stopBackedUp:
    "if the backed-up service still runs, stop it permanently: otherwise both services deliver the same jobs and send the same callbacks",
  startWithSettings:
    "start the service with its previous settings (environment, or /etc/agentlink), which a backup does not contain",
  jobsMoved: (moved: number, before: string) => `${count(moved, "job")} moved${before}; the original data remains`,
  inRedis: (data: string, redis: string, instead: string) =>
    `the ${data} are in ${redis} (AGENTLINK_REDIS_URL), not in a file on this host: ${instead}. See docs/several-hosts.md`,
  useAgentlinkJobs: "use `agentlink jobs list`, `agentlink queue status` or the API",

  // help
  noCommand: (name: string, nearest: string | undefined) =>
    `there is no command or topic ${quoted(name)}. Did you mean ${nearest}?`,

  // import
  nameFiles: "name the files to import, or - for standard input",
  templateWithFiles: "--template prints a table and imports nothing: omit the files, or omit --template",
  xlsxWithoutTemplate: "--xlsx is for --template only: a workbook to import is recognised by its contents",
  templateUnknown: (kind: string, kinds: string) => `--template must be one of ${kinds}, not ${quoted(kind)}`,
  workbookOnTerminal: (kind: string) =>
    `a workbook cannot be printed on a terminal: agentlink import --template ${kind} --xlsx > ${kind}.xlsx`,

  // jobs list
  noJobsYet: "there are no jobs: request a report, for example with `agentlink submit Manly NSW`",
  noJobWithCode: (code: string, codes: string) =>
    `no job failed with the error code ${quoted(code)}; ${codes === "" ? "none of the latest jobs has an error code" : `the latest jobs have the codes ${codes}`}`,
  noJobOfClient: (client: string, clients: string) =>
    `no job is from the client ${quoted(client)}; the latest jobs are from ${clients}`,
  noJobListed: "no job matches: omit some options, or list the latest jobs with `agentlink jobs list`",

  // jobs
  stopStartingJobs: "stop starting jobs; requests are still accepted, and running jobs finish",
  noWaitWithOutput: "--no-wait exits before there is a PDF for -o: use one of them",
  oneStandardInput: "only one of --request and --data can be - (standard input)",
  nameSuburb: "name the suburb, for example: agentlink submit Manly NSW",
  batchOnly: "--batch reads all requests from its file: omit the suburb, --request, --data and -o",

  // selection
  cancelJobsId: "cancel jobs by id or filter; a running job stops at its next step",
  retryFailedCancelled: "retry failed, cancelled or waiting jobs now, from their last checkpoint",
  deleteJobsEnded: "delete jobs that have ended, with their PDFs; delivered files stay",
  emptySelection: "an option that selects jobs is empty; nothing was changed",
  nameOrSelect: (command: string) =>
    `either name the jobs to ${command} by id, or select them with options such as --status, but not both`,
  nameJobs: (command: string) =>
    `name the jobs by id, or select them with --status, --since, --suburb or other options: see agentlink help jobs ${command}`,

  // usage
  jsonOrCsv: "--json and --csv exclude each other: use one of them",
  noUsage: (from: string, to: string, client: string | undefined, clients: string) =>
    client === undefined || clients === ""
      ? `no report was requested from ${from} to ${to}`
      : `the client ${quoted(client)} requested no report from ${from} to ${to}; clients that did: ${clients}`,
  badMonth: "must be a month such as 2026-11",

  // confirm
  noTerminal: (question: string) => `${question} There is no terminal to ask for confirmation: add --yes`,

  // data-folder
  createdDataFolder: (folder: string) => `note: created a new data folder, because there was none at ${folder}`,
  otherDataFolder: (url: string, folder: string) =>
    `warning: the service at ${url} does not use the data folder ${folder}: run the command where the service runs, or name its folder with --data-dir`,

  // demo
  demoWithoutDomain: "AGENTLINK_DOMAIN_KEY is not set: the demo uses the synthetic sample data. See docs/domain.md",
  demoUp: (url: string, dataDir: string) => `AgentLink is running at ${url}; its data is in ${dataDir}`,
  demoOfDomain: (host: string) => `The data is real, from ${host} with your key.`,
  demoSample: "The catalogue contains the synthetic sample data: Manly NSW and its neighbours.",
  demoStopping: "Stopping when the running report is done.",
  demoStopped: "Stopped. Unfinished jobs resume at the next start.",

  // domain
  domainKeyUnset:
    "AGENTLINK_DOMAIN_KEY is not set: create a key at https://developer.domain.com.au and set it (see docs/domain.md)",
  callsTook: (calls: number, seconds: number) => `${count(calls, "call")} in ${seconds} s`,
  fromCache: "from the cache, without a call",
  notInPackages: (reason: null | string) => `not in the key's packages (${reason})`,
  domainCounts: (sales: number, listings: number, agencies: number, agents: number, calls: string) =>
    `${count(sales, "sale")}, ${count(listings, "listing")}, ${count(agencies, "agency")}, ${count(agents, "agent")}: ${calls}`,
  soldListingsMissing:
    "Without sold listings, reports get no data from Domain: add the package Agents and Listings to the key's project.",
  noManly: "Domain returned no sales of Manly NSW, where there are always some: check AGENTLINK_DOMAIN_URL.",
  callsUnknown: "Domain does not report the remaining calls",
  domainWithout: (suburb: string, state: string, postcode: string) =>
    `Domain has no data for ${suburb} ${state} ${postcode}`,
  domainWritten: (
    output: string,
    sales: number,
    listings: number,
    rentals: number,
    agencies: number,
    agents: number,
    calls: number,
  ) =>
    `${output}: ${count(sales, "sale")}, ${count(listings, "listing")}, ${count(rentals, "rental")}, ${count(agencies, "agency")}, ${count(agents, "agent")}, ${count(calls, "call")}`,

  // dropbox
  promptAppKey: "App key (App Console > your app > Settings): ",
  appKeyRequired: "an app key is required: create an app as described in docs/delivery.md",
  openConsent:
    "Open this address, sign in with the account that receives the reports, allow the app and copy the code:\n",
  linkedNotReady: (reason: string) => `Linked, but not ready yet: ${reason}`,
  setThese: "\nSet these for the service; the token is a secret:\n",

  // flags
  preferVariable: (variable: string) => `prefer ${variable}, or ${variable}_FILE with the path of a file`,
  flagShowsSecret: (flag: string, variable: string) =>
    `agentlink: ${flag} shows the secret to every user who can list processes; use ${variable} or ${variable}_FILE instead`,

  // healthcheck
  unhealthy: (status: number, detail: string) => `responds with ${status}: ${detail}`,
  notAgentLink: (status: number) =>
    `responds with ${status}, but not like AgentLink: does another program use the address?`,
  nothingResponds: (reason: string) => `does not respond (${reason})`,
  silent: (seconds: number) => `did not respond within ${seconds} s`,
  processEnded: (pid: number) => `was not checked, because the process ${pid} has ended`,

  // import-summary
  storedSeparately: (rows: number) =>
    `; ${rows} had the id of another sale and were stored separately (row numbers and ids of properties are not ids of sales: leave that column out)`,
  replacedWithin: (rows: number) =>
    `; ${count(rows, "row")} replaced by a later row with the same id (check the ids: spreadsheets shorten long ones to 1.23457E+17)`,
  failedForData: (jobs: string, localities: string, them: string) =>
    `${jobs} failed for lack of this data (${localities}). Retry ${them}:`,
  rowsMerged: (rows: number) => `; ${count(rows, "row")} merged with others`,
  registerFiles: (files: number) => `${count(files, "file")} of the register`,
  feedRead: (file: string, listings: number, rows: string) => `${file}: ${count(listings, "message")}; now ${rows}`,
  tableWithoutNames: "a table without column names; columns were recognised by their contents",
  headerRow: (row: number) => `columns named in row ${row}`,
  moreRules: (rules: number) => `${count(rules, "more rule")}: --json prints all of them`,
  madeFromNames: (agencies: number, agents: number) =>
    `made from names: ${count(agencies, "agency")}, ${count(agents, "agent")}`,
  leftOut: (count: number) => `cannot be read, and left out: ${count}`,

  // import
  replaceWithSkip: "--replace needs a file in which every row is valid: omit --skip-bad",
  correctProblem: "nothing was imported: solve the problem named above, and import the file again",
  correctRows: "nothing was imported: correct the rows named above, and import the file again",
  noUsableRow: "nothing was imported: no report can use any of these rows",
  noReadableListing: "nothing was imported: no listing could be read",
  dryRun: (dataDir: string, changes: string) =>
    `nothing was imported (--dry-run); the catalogue of ${dataDir} would gain ${changes}`,
  imported: (dataDir: string, changes: string) => `imported into the catalogue of ${dataDir}: ${changes}`,
  replaceTable: (file: string) =>
    `nothing was imported: --replace works only with a named table, and ${file} is not one`,
  replaceWithNothing: (file: string) =>
    `${file} has no rows, so --replace would remove every row that the file imported before: nothing was imported. To remove rows, use agentlink catalogue undo or remove`,
  moreLeftOut: (file: string, rows: number) =>
    `${file}: ${count(rows, "more row")} ${rows === 1 ? "was" : "were"} left out`,
  kindUnclear: (file: string, kinds: string) =>
    `the kind of rows in ${file} is not clear from its columns: name the file after its rows, such as sales.csv, or give --kind with one of ${kinds}`,

  // install
  installed: (credentials: string, nginx: string) => `agentlink is running at http://127.0.0.1:8080. Next steps:
  create a key    sudo agentlink-as-service keys create --name make --scope submit
  import data     sudo agentlink-as-service import --kind sales - < sales.csv
  settings        /etc/agentlink/agentlink.env, secrets in ${credentials}; then systemctl restart agentlink
  nginx           ${nginx}/agentlink.conf (docs/nginx.md)
  check           sudo agentlink-as-service doctor
  read the log    journalctl -u agentlink`,
  onlyRoot: "only root may install: use sudo, or --dry-run",
  noSystemd: "this machine has no systemd: start `agentlink serve` with its own service manager",
  notReloaded: (root: string) => `systemd was not reloaded: ${root} is not this machine's root`,
  socketTaken: (socket: string) =>
    `another program may use the address, such as an agentlink that was started manually: check \`ss -ltnp\` and journalctl -u ${socket}`,
  copyProgram: (program: string) => `# copy this program to ${program}`,
  createFolder: (path: string) => `# create the folder ${path} (mode 700)`,
  fileStays: "; an existing file stays",

  // jobs
  tooLateToCancel: (id: string, status: string) => `agentlink: too late to cancel ${id}: the job has ${status}`,

  // jobs show: why an attempt ended without a fault of the job's
  releases: {
    stopping: "the service stopped",
    delivery_busy: "waited for a delivery slot",
    delivery_closed: "the target accepted nothing at that time",
    unclaimed: "its host did not receive it",
    report_gone: "the PDF was missing, and is rendered again",
    cancelling: "cancelled during the delivery: the next attempt checks what arrived",
  },

  // keys
  scopeUnknown: (scope: string, scopes: string) => `--scope must be one of ${scopes}, not ${quoted(scope)}`,
  keyCreated: (id: string, name: string, scope: string, where: string) =>
    `created key ${id} for ${name} (${scope}) in ${where}; the key is shown only once:`,
  noKeys: "there are no keys: the service accepts only requests of its own user on this machine",
  noActiveKey: (idOrName: string) =>
    `there is no active key ${quoted(idOrName)}: \`agentlink keys list\` lists the keys`,
  noKeyOf: (client: string) => `no key has the name ${quoted(client)}: \`agentlink keys list\` lists the names`,
  secretCreated: (client: string) =>
    `created a secret for the callbacks of ${client}; receivers must verify signatures with it from now on:`,
  previousSecret: "callbacks are also signed with the previous secret for another 24 hours",

  // map-file
  noFile: (path: string) => `there is no file ${path}`,
  noMapExists: "no map is saved",
  savedMaps: (names: string) => `saved maps: ${names}`,
  noMap: (name: string, saved: string, builtIn: string) =>
    `there is no map ${quoted(name)} and no file of this name; ${saved}; built-in maps: ${builtIn}`,

  // moment
  badMoment: "must be how long ago (90m, 2h, 7d), a day (2026-11-24) or a time (2026-11-24T08:00Z)",

  // people
  idTwice: (id: string) => `the id ${id} was given twice: give two different ids`,
  unknownIds: (kind: "agency" | "agent" | "sale", ids: readonly string[], usesDomain: boolean) =>
    `there is no ${kind} with the id ${ids.map((id) => quoted(id)).join(" or ")} in the catalogue${usesDomain ? " or in Domain's stored data" : ""}; nothing was changed. List the ids with: agentlink sql --database catalogue "SELECT id, ${kind === "sale" ? "address" : "name"} FROM ${kind === "agency" ? "agencies" : `${kind}s`}_view"${usesDomain ? ", or agentlink domain fetch SUBURB STATE" : ""}`,
  idsOfDataService: (kind: "agency" | "agent" | "sale", ids: readonly string[]) =>
    `note: the catalogue has no ${kind} with the id ${ids.map((id) => quoted(id)).join(" or ")}; the decision applies if your data service (AGENTLINK_SOURCE_URL) sends this id`,
  rulesDecide: "the rules decide again",
  noDataFolder: (dataDir: string) =>
    `there is no data folder ${dataDir}: name the right one with --data-dir, or start the service once`,

  // prune
  confirmPrune: (endedBefore: string) => `Delete the jobs that ended before ${endedBefore}, and their PDFs?`,
  pruneRetained: (jobs: string) =>
    `${jobs} not deleted: a callback is not delivered yet, or the job has an Idempotency-Key of the last 24 hours`,
  pruneLeft: (pdfs: string) => `${pdfs} could not be deleted yet; the service will retry`,

  // queue
  paused: (by: string, since: string) => `paused by ${by} since ${since}: requests are accepted, no job starts`,

  // output-file
  noFolderFor: (folder: string) => `there is no folder ${folder}: create it, or choose another output file`,

  // read-text
  unreadable: (path: string, reason: string) => `${path} cannot be read: ${reason}`,
  notText: (path: string, what: string) =>
    `${path} is ${what}, not text: open it in the spreadsheet program, save it as "CSV UTF-8", and use that file`,

  // recorded
  notAudited: (reason: string) =>
    `agentlink: the command succeeded, but could not be recorded in the audit log: ${reason}`,

  // render
  noDataFor: (suburb: string, state: string, postcode: string) =>
    `no data for ${suburb} ${state} ${postcode}: send it as "data" in the request, or import it with \`agentlink import\``,

  // selection
  noJobMatches: "No job matches; nothing was changed.",
  appliesTo: (action: string, possible: string, status: string) =>
    `${action} applies to jobs that are ${possible}, not to jobs that are ${status}`,
  cancelledSoon: (count: number) => `${count} running, cancelled at the next step`,
  notDeleted: (count: number) =>
    `${count} not deleted: a callback is not delivered yet, or the job has an Idempotency-Key of the last 24 hours`,
  zipTooMany: (most: number, named: number) =>
    `a zip can contain at most ${most} jobs named by id; ${named} were named`,
  zipTooManyMatch: (jobs: string, most: number) =>
    `${jobs} match, but a zip can contain at most ${most} reports (the newest): narrow the selection with --since and --until`,

  // serve
  up: (url: string) => `agentlink is up at ${url}`,
  stopping: "stopping: no new job starts, running jobs may finish",
  servesOwnUser: "the service accepts only direct requests of this user on this machine, as admin",
  refusesAll: "every request is refused, because AGENTLINK_PUBLIC_URL makes the service public",
  listensOn: (host: string) => `, though it listens on ${host}`,
  createFirstKey: (served: string, meant: string, url: string, setupCode: null | string, dataDir: string) =>
    `there is no key yet: ${served}${meant}. Create one in a browser: open ${url} and enter the setup code ${setupCode} (also in setup.code in the data folder). Or here: agentlink keys create --name ops --scope admin --data-dir ${dataDir}`,

  // sql
  noStatement: "a statement is missing, for example: agentlink sql 'SELECT * FROM queue_now'",
  noDatabase: (path: string) => `there is no database at ${path}: name the data folder with --data-dir`,
  sqlParameter: "a statement has a parameter (? or :name): write the value in its place",
  sqlReadOnly: "the database is open read-only: add --write to allow changes",
  sqlLocked: "another program has a transaction open on the database: end it, then try again",

  // submit-batch
  batchShape: (file: string) => `${file}: a batch is a list of requests, or {"reports": […]}`,

  // submit
  draft: (id: string) => `This is a draft. Deliver it with: agentlink jobs send ${id}`,
  stillRunning: (id: string) => `job ${id} is still running: \`agentlink jobs watch ${id}\` follows it`,
  noReason: "no reason was given",
  noResult: "the service returned no result",

  pdfSize: (pages: number, bytes: number) => `${count(pages, "page")}, ${Math.round(bytes / 1_000)} kB`,
  // table
  badRow: (heads: string) => `a row does not fit the heads ${heads}`,

  // with-service
  noServiceAt: (url: string) =>
    `no service responds at ${url}: start the service with \`agentlink serve\`, or give its address with --url or AGENTLINK_URL`,
  withKeyHint: (message: string) =>
    `${message}\nThis program sends the key from --key or AGENTLINK_KEY (see \`agentlink help keys\`).`,
} as const;

function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
