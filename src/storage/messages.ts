/**
 * The sentences about the data folder, backups and stored PDFs: what happened, then what to do. A change of wording is a
 * change here.
 */
export const messages = {
  // audit
  auditCursor:
    "The cursor is not valid: use next_cursor of the previous page, or omit it to start with the newest entry.",

  // local
  auditUnreadable: (reason: string) => `The audit list cannot be read or written: ${reason}. Then try again.`,

  // settings
  settingsUnreadable: "the settings of the last start cannot be read, so changes are not recorded",

  // shared
  auditUnavailable: (reason: string) => `The audit log cannot be read or written (${reason}). Try again.`,

  // backup
  noDatabase: (path: string) => `there is no database at ${path}: name the data folder`,
  backupExists: (folder: string) => `${folder} already exists, and a backup never overwrites: use a new name`,

  // manifest
  backupIsFile: (folder: string) =>
    `${folder} is a single file: restore a copy of only the job database manually, see "Back up, and restore" in docs/operate.md`,
  backupIncomplete: (folder: string, manifest: string) =>
    `${folder} is not a complete backup, because its ${manifest} cannot be read: name a folder that \`agentlink backup\` created`,
  notBackup: (folder: string, manifest: string) =>
    `${folder} is not a backup of agentlink: its ${manifest} is from another program`,
  newerBackup: (folder: string, version: string | undefined) =>
    `${folder} was created by a newer agentlink (${version}): restore it with that version`,
  notOfBackup: (folder: string, path: string) => `${folder} contains ${path}, which is not part of a backup`,
  restoreInterrupted: (dataDir: string) =>
    `a restore into ${dataDir} was interrupted: run \`agentlink restore\` again with the same backup`,

  // restore
  backupOfRedisHost: (folder: string) =>
    `${folder} is from a host with Redis, so it contains no jobs: restore the copy of Redis (docs/several-hosts.md), then this backup with AGENTLINK_REDIS_URL set`,
  backupOfFolder: (folder: string) =>
    `${folder} contains the jobs of a data folder, but AGENTLINK_REDIS_URL is set: unset it, restore, then run \`agentlink migrate --to redis\``,
  newerSchema: (folder: string, version: string, schema: number, known: number) =>
    `${folder} was created by a newer agentlink (${version}, schema ${schema}; this version supports up to ${known}): restore it with that version`,
  backupWithoutJobs: (folder: string) => `${folder} contains no jobs: its manifest does not name agentlink.db`,
  fileMissing: (file: string) => `${file} is missing, so the backup is not complete: use another backup`,
  fileDamaged: (file: string) => `${file} is damaged, because its hash differs from the manifest: use another backup`,
  notEmpty: (dataDir: string, files: string, more: string) =>
    `${dataDir} is not empty (${files}${more}): name a new folder with --data-dir, or stop the service and move the files away`,
  copyDamaged: (path: string) => `${path} was damaged while it was copied: check the disk, then try again`,
  databaseEmptied: (path: string) =>
    `${path} is damaged (it is empty, but reports/ beside it has PDFs of its jobs): restore a backup. To start without the jobs, move reports/ to another folder`,
  databaseGone: (path: string) =>
    `${path} was missing, but reports/ beside it has PDFs of its jobs: the service starts without them. If you did not delete it, stop the service and restore a backup`,
  databaseDamaged: (path: string, reason: string) => `${path} in the backup is damaged: ${reason}`,
  notMerged: (name: string) => `${name} could not be merged into its database: check the disk, then try again`,

  // local
  otherService: "another agentlink on this machine uses another copy",
  secretCreated: "created a secret that signs callbacks: receivers verify signatures with it",
  hiddenProcess: "a process that this user cannot see",
  walGrown: (path: string, size: string, who: string) =>
    `the WAL of ${path} has grown to ${size} and cannot be truncated: ${who} holds a read transaction open; end it`,

  // lost-keys
  keysBack: "keys exist again: requests with a key are accepted",
  keysLost: (how: string, dataDir: string) =>
    `the keys are lost, so every request is refused (${how}): restore a copy of the keys, or create a new one: agentlink keys create --name ops --scope admin --data-dir ${dataDir}`,

  // local
  recordsUnreadable: (reason: string) => `The stored records cannot be read or written: ${reason}. Then try again.`,

  // shared
  recordsUnavailable: (reason: string) => `Stored records cannot be read or written (${reason}). Try again.`,

  // bucket
  bucketUnreachable: (bucket: string, reason: number | string) =>
    `the bucket ${bucket} for PDFs cannot be reached: ${reason}`,
  pdfDamaged: (path: string, bucket: string) => `${path} from the bucket ${bucket} is damaged`,

  // folder
  folderUnreachable: (folder: string, reason: string) => `the folder ${folder} for PDFs cannot be reached: ${reason}`,

  // shared
  newHostName: (reason: string | undefined) => `${reason}: this host has taken a new name`,
  clockAgrees: "this host's clock agrees with the clock of Redis again",
  notSharedFolder: (variable: string, folder: string) =>
    `${variable}=${folder} is not the folder that the other hosts use: mount their folder here (it contains a file .agentlink-shared). If you moved the folder on purpose, copy that file, too`,
} as const;
