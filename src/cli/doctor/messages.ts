/** What the doctor finds, and what to do about it. A change of wording is a change here. */
export const messages = {
  // access
  createAdminKey: "agentlink keys create --name ops --scope admin",
  keysLost: "the keys are lost, so every request is refused",
  restoreKeys: (create: string) => `restore keys.db from a copy, or run ${create}`,
  noKeyYet: "there are none: the service accepts only requests of its own user on this machine",
  keylessReachable: (found: string) => `${found}, although the settings make it reachable from elsewhere`,
  keysRevoked: "all keys are revoked, so every request is refused",
  noAdminKey: (found: string) =>
    `${found}; there is no admin key, which is needed to fill the catalogue and to create keys`,
  createdAtStart: "is created at the first start",
  deleteSecret: "delete the file: the next start creates a new secret",
  readableByOthers: (path: string, mode: string) => `${path} can be read by others (${mode})`,

  // alone
  checksTimedOut: (seconds: number) =>
    `The checks did not end within ${seconds} seconds. Run agentlink doctor on the service's machine.`,

  // backup
  backupNightly: "run agentlink backup FOLDER every night; docs/operate.md has the line for cron",
  noBackup: "no backup on record",

  // data-folder
  freeSpace: "free some space, or store less: AGENTLINK_RETENTION, `agentlink prune`",
  makePrivate: (path: string) => `chmod go-rwx ${path}, or restart the service, which does this`,
  changeOwner: "change the owner to the user of the service (chown), and run the doctor as that user",
  folderMissing: (dataDir: string) => `${dataDir} does not exist yet; the service creates it`,
  folderOfOther: (dataDir: string, owner: number, user: number) =>
    `${dataDir} belongs to another user (${owner}; this is ${user})`,
  runAsOwner: "run the doctor and the service as the same user: neither can read or delete files of another user",
  folderOnFuse: (dataDir: string) =>
    `${dataDir} is on FUSE: some of these file systems cannot lock files or share memory`,
  putOnLocalDisk: "put AGENTLINK_DATA_DIR on a disk of this machine",
  folderInMemory: (dataDir: string) => `${dataDir} is in memory: all data is lost at the next boot`,
  putOnDisk: "put AGENTLINK_DATA_DIR on a disk",
  ownDisk: "a disk of this machine",

  // data
  catalogueUnused: "the catalogue is empty; reports use another source",
  noData: "the catalogue is empty and no other source is set: requests without data will fail",
  addData: "run agentlink import FILE (docs/data.md), or set AGENTLINK_SOURCE_URL or AGENTLINK_DOMAIN_KEY",

  // database
  databaseMissing: "does not exist yet; the service creates it",
  foreignDatabase: "agentlink.db belongs to another program",
  ownDataFolder: "give agentlink a data folder of its own: AGENTLINK_DATA_DIR",
  newerSchema: (schema: number, known: number) =>
    `was written by a newer agentlink (schema ${schema}; this version supports up to ${known})`,
  useNewer: "use the newer version: docs/upgrade.md",
  restoreDatabase: "stop the service, keep the damaged files, and restore a backup: docs/operate.md",
  mayBeCopy: (reason: string) => `may be a copy, so another service could deliver the same jobs: ${reason}`,
  stopOther: "stop the other service permanently, then run `agentlink queue resume` here",
  unusedSpace: (megabytes: number) =>
    `${megabytes} MB of agentlink.db are unused, and a database that an older version created does not shrink by itself`,
  olderSchema: (schema: number, known: number) =>
    `schema ${schema}; the service migrates it to ${known} at its next start`,
  backupFirst: "make a backup first: `agentlink backup FOLDER`",
  walLarge: (megabytes: number) => `${megabytes} MB: a program has had a read transaction open for too long`,
  endReaders: "end the programs named above that are not the service",
  openFilesUnknown: "this system does not report open files",
  shellReads:
    "a shell with an open transaction prevents the service from truncating the log: close it. SQLite before 3.51.3 must not write while the service runs; `agentlink sql --write` can",
  noProgramSeen: "no program that this user can see",

  // doctor
  settingsSet: (set: number, all: number) => `${set} of ${all} are set, the others have their defaults`,
  correctSetting: "correct it; `agentlink help settings` lists all settings",
  fixAndRerun: "fix this, then run the doctor again",

  // machine
  renderThreads: (threads: number, reports: string, cores: number, unit: string, megabytes: number) =>
    `${threads} ${reports} at once, with ${cores} ${unit} and ${megabytes} MB`,
  memoryShort: (found: string, megabytes: number) => `${found}, but only ${megabytes} MB are available`,
  lowerMemoryLimit: "lower AGENTLINK_MEMORY_LIMIT, or unset it",
  giveMemory: "give it at least 600 MB: with less, renders wait for memory most of the time",
  memoryFor: (found: string, threads: number) => `${found}; that is enough for ${threads}`,
  lowerThreads: "lower AGENTLINK_RENDER_THREADS, or unset it: with more threads, renders wait for memory or cores",
  ofService: "of the running service",
  fileLimitUnknown: "this system does not report its limit on open files",
  raiseFileLimit:
    "set LimitNOFILE=65536 in the systemd unit, --ulimit nofile=65536 for a container, or `ulimit -n 65536`",
  restartService: (advice: string) =>
    `restart the service at a convenient time; nothing is lost. Ended render threads leave some files open; ${advice}`,
  setClock: "set the clock, and enable NTP (`timedatectl set-ntp true`): signatures of deliveries depend on the clock",
  clockSetBack: (shown: string, newestJob: string) =>
    `${shown}, earlier than the newest job (${newestJob}): the clock was set back`,

  // notify
  mailWithoutServer: "AGENTLINK_NOTIFY_MAIL is set, but AGENTLINK_SMTP_URL is not",
  serverWithoutMail: "AGENTLINK_SMTP_URL is set, but AGENTLINK_NOTIFY_MAIL is not",
  notificationsOff: "no one is notified of problems: set AGENTLINK_NOTIFY_MAIL or AGENTLINK_NOTIFY_WEBHOOK",
  notifiedBy: (names: string) => `by ${names}; \`agentlink notify test\` sends a message`,

  // old-client
  acceptedWithWarning: "the job is accepted anyway; the warning is in the response and in the job's status",
  catalogueLacks: (suburb: string) =>
    `the catalogue has none for ${suburb}: the job fails with no_data unless another source has data`,
  importOrConnect: "import data (`agentlink import`), or set AGENTLINK_SOURCE_URL or AGENTLINK_DOMAIN_KEY",
  changeRequest: "change the request, or omit the field",
  nothingFoundPage: 'the report is one page that says "Nothing found"',

  // reach
  serviceElsewhere: (url: string, dataDir: string) =>
    `the service at ${url} does not use ${dataDir}: the checks of this folder do not apply to that service`,
  runDoctorThere: "run the doctor where the service runs, or name its folder with --data-dir",
  otherVersion: (url: string, theirs: string, ours: string) =>
    `${url} is ready, but runs version ${theirs}; this program is version ${ours}`,
  noService: (url: string) => `no service responds at ${url}`,
  startService: "start the service with `agentlink serve`, or give its address with --url",
  fixProblem: "fix the reported problem; jobs then resume automatically",
  addressTaken: "another program may use this address: set AGENTLINK_PORT or AGENTLINK_URL",
  folderNotWritable: (folder: string, reason: string) =>
    `${folder} cannot be written (${reason}): give the service's user write permission`,
  dropboxTested: (account: string, isLinked: boolean) =>
    `uploaded, read and deleted a test file; ${account}${isLinked ? ", linked on the dashboard's Delivery page" : ""}`,
  bucketTested: (bucket: string) => `uploaded, read and deleted a test object in the bucket ${bucket}`,
  addPackage: "add the package to the key's project at developer.domain.com.au: docs/domain.md",
  seeDomain: "see docs/domain.md, then run the doctor again",
  correctCallback: "correct AGENTLINK_CALLBACK_URL, or allow its host in AGENTLINK_ALLOW_HOSTS",
  callbacksGo: (host: string) => `go to ${host} unless a request names another address`,
  sourceWithoutManly: "responds, but has no data for Manly NSW",
  sourceResponds: "responds with data for Manly NSW",

  // redis
  clockAway: (seconds: string) => `${seconds} s away from this host's clock`,
  redisSuitable: "responds, and its configuration is suitable",

  // work
  workUnknown: (reason: string) => `the state of deliveries and callbacks is unknown: ${reason}`,
  useAdmin: "use an admin key: AGENTLINK_KEY, or --key",
  fixProblemWaiting: "fix the reported problem; waiting jobs then resume automatically",
  checkReceiver:
    "check the receiver: `agentlink jobs show ID` prints its responses; POST /api/jobs/ID/callback sends a callback again",
  jobsWaitAnother: (waiting: number, failed: number) =>
    `${waiting} ${waiting === 1 ? "job waits" : "jobs wait"} for another attempt, ${failed} failed in the last hour`,
  listWaiting: "agentlink jobs list --status waiting,failed",
  failingSince: (since: string, times: string, problem: string) =>
    `failing since ${since}, ${times} in a row: ${problem}`,
  noDelivery: "no delivery on record",
} as const;
