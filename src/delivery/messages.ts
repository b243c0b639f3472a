/**
 * The sentences of the delivery room that a person reads, in the log, a job's error, `/readyz` or at the command line:
 * what happened, then what to do. A change of wording is a change here; what a failure means for a job is decided where
 * it is thrown.
 */
export const messages = {
  // Any target
  reportGone: (path: string) => `the PDF ${path} is missing from the data folder: submit the job again`,
  reportDamaged: (path: string) => `the PDF ${path} was changed after it was rendered: submit the job again`,
  unsettled: (path: string) => `${path} appears and disappears during the upload; the delivery will be retried`,
  namesTaken: (path: string) =>
    `other files already have the name ${path} and its alternative: move them, or choose another delivery.filename`,
  canBeDelivered: "Deleted it. Reports can be delivered.",

  // Folder
  folderNotWritable: (folder: string, code: string) =>
    `${folder} cannot be written (${code}): correct AGENTLINK_DELIVERY_FOLDER, mount it, or give the service's user write permission; under systemd, also add it to ReadWritePaths=`,
  leadsOut: (path: string, folder: string) =>
    `${path} leads outside ${folder} through a symbolic link: delete the link, or choose another delivery.folder`,
  folderFull: (folder: string) => `the disk of ${folder} is full: free some space`,
  fileInTheWay: (folder: string, detail: string) => `${folder} contains a file where a folder is needed: ${detail}`,
  pathNotWritable: (folder: string, detail: string) =>
    `a path in ${folder} cannot be written (${detail}): mount the folder writable, give the service's user write permission, or choose another delivery.folder`,
  folderDoesNotRespond: (folder: string, detail: string) => `the file system of ${folder} reports an error: ${detail}`,

  // Dropbox: its responses
  dropboxUnreachable: (name: string) => `Dropbox cannot be reached, or its response was cut off (${name})`,
  dropboxResponded: (status: number, detail: string) =>
    `Dropbox responded with ${status}${detail === "" ? "" : `: ${detail}`}`,
  dropboxIncomplete: "Dropbox sent an incomplete response",
  dropboxRoot:
    "AGENTLINK_DROPBOX_PATH_ROOT is not a namespace of this account: set it to `team`, to the number of a namespace that the account can see, or leave it empty",
  dropboxFull: (path: string) => `the Dropbox is full, so ${path} cannot be stored: free some space`,
  dropboxTraffic: (detail: string) =>
    `the Dropbox team has reached this month's data transport limit (${detail}): raise the limit, or wait for the next month`,
  dropboxPath: (path: string, detail: string) =>
    `Dropbox does not allow the path ${path} (${detail}): correct AGENTLINK_DROPBOX_FOLDER, or the job's delivery.folder and filename`,
  dropboxDenied: (path: string, detail: string) =>
    `the Dropbox account cannot write ${path} (${detail}): give it write permission, or set another AGENTLINK_DROPBOX_FOLDER (or AGENTLINK_DROPBOX_PATH_ROOT)`,
  dropboxConflict: (path: string, detail: string) =>
    `a file blocks the path ${path} in Dropbox (${detail}): move it, or choose another delivery.folder`,
  dropboxForbidden: (detail: string) =>
    `Dropbox does not allow the app to use this account (${detail}): ask the team's administrator to allow the app and the account, or run \`agentlink dropbox login\` with another account and set its AGENTLINK_DROPBOX_REFRESH_TOKEN`,
  dropboxScope: (scope: string) =>
    `the Dropbox app lacks the permission ${scope}: enable it in the app's Permissions, then run \`agentlink dropbox login\` again for a new refresh token`,
  dropboxSuspended: "the Dropbox account is suspended: ask the team's administrator",
  dropboxToken: (detail: string) =>
    `Dropbox refuses the access token (${detail}): run \`agentlink dropbox login\` again and set the new AGENTLINK_DROPBOX_REFRESH_TOKEN`,
  dropboxFolderFound: (folder: string) => `Dropbox has the folder ${folder}.`,
  dropboxTop: "the top folder of the Dropbox",
  dropboxTokenUnused: "AGENTLINK_DROPBOX_REFRESH_TOKEN is not used: another Dropbox account was linked in the browser",
  dropboxLinkUnknown: (detail: string) => `the linked Dropbox account cannot be read and will be read again: ${detail}`,
  nameEndsWithDot: "ends with a dot",
  nameNeverStored: "is a name that Dropbox never stores",
  nameTooLong: (most: number) => `is longer than ${most} characters`,
  dropboxOffset: (path: string) => `Dropbox and the upload of ${path} disagree about its progress`,
  dropboxLinkPending: (path: string) => `the shared link of ${path} was just created and is not listed yet`,
  dropboxShare: (path: string, detail: string) =>
    `the report is at ${path}, but Dropbox does not allow this account to share it (${detail}): allow shared links in Dropbox, or set AGENTLINK_DROPBOX_SHARE=no`,

  // Dropbox: the check
  dropboxNoFolder: (folder: string) =>
    `there is no folder ${folder} in this Dropbox: create it, or correct AGENTLINK_DROPBOX_FOLDER`,
  dropboxNotAFolder: (folder: string) => `${folder} is not a folder: correct AGENTLINK_DROPBOX_FOLDER`,
  dropboxChanged: (path: string) =>
    `${path} was changed during the upload or the download: check the proxies between this machine and Dropbox`,

  // S3
  s3Pause: (bucket: string, detail: string | number) =>
    `the bucket ${bucket} asks its clients to slow down (${detail})`,
  s3Silent: (bucket: string, where: string) =>
    `the bucket ${bucket} at ${where} does not respond: check AGENTLINK_S3_ENDPOINT and the network`,
  s3Responded: (bucket: string, where: string, status: number, detail: string) =>
    `the bucket ${bucket} at ${where} responded with ${status}${detail === "" ? "" : ` (${detail})`}: check the status of the S3 service; the service will retry`,
  s3Changed: (key: string) => `${key} was changed during the upload or the download: correct AGENTLINK_S3_ENDPOINT`,
  s3CannotDelete: (key: string) =>
    `These keys cannot delete ${key}, but deliveries do not need that. Reports can be delivered.`,
  s3NotS3: (key: string) => `the response for ${key} is not that of an S3 service: correct AGENTLINK_S3_ENDPOINT`,
  s3TooLarge: (path: string) => `the PDF ${path} is too large for one PUT`,
  s3Clock: (bucket: string, detail: string, theirs: string | null) =>
    `this machine's clock is wrong, according to the bucket ${bucket} (${detail}${theirs === null ? "" : `: its time is ${theirs}`}): set the clock (systemd-timesyncd, chrony)`,
  s3Region: (bucket: string, right: string, region: string, detail: string) =>
    `the bucket ${bucket} is in the region ${right}, not ${region} (${detail}): set AGENTLINK_S3_REGION=${right}; if AGENTLINK_S3_ENDPOINT is set, change it to the address of that region`,
  s3Redirect: (where: string, bucket: string, region: string, detail: string) =>
    `${where} redirects requests for the bucket ${bucket} (${detail}): correct AGENTLINK_S3_REGION (now ${region}) and AGENTLINK_S3_ENDPOINT`,
  s3WebPage: (where: string, status: number) =>
    `${where} responds with a web page (HTTP ${status}), so it is not an S3 service: correct AGENTLINK_S3_ENDPOINT`,
  s3NoBucket: (bucket: string, where: string, detail: string) =>
    `there is no bucket ${bucket} at ${where} (${detail}): correct AGENTLINK_S3_BUCKET, AGENTLINK_S3_ENDPOINT and AGENTLINK_S3_REGION`,
  s3Full: (bucket: string, detail: string) =>
    `the bucket ${bucket} is full (${detail}): free some space, or raise its quota`,
  s3Key: (bucket: string, key: string, detail: string) =>
    `the bucket ${bucket} does not allow the name ${key} (${detail}): correct AGENTLINK_S3_PREFIX, or the job's delivery.folder and filename`,
  s3Credentials: (bucket: string, detail: string) =>
    `the bucket ${bucket} refuses these keys (${detail}): correct AGENTLINK_S3_ACCESS_KEY_ID, AGENTLINK_S3_SECRET_ACCESS_KEY and AGENTLINK_S3_REGION, and allow them GetObject, PutObject and ListBucket`,
  s3Damaged: (key: string) => `${key} was damaged during the upload`,
  s3Unexpected: (where: string, detail: string) =>
    `${where} does not respond like an S3 service (${detail}): correct AGENTLINK_S3_ENDPOINT and AGENTLINK_S3_BUCKET`,

  // Callbacks
  callbackGone: "the receiver responded with 410: it accepts no more callbacks",
  callbackRefused: (status: number, redirected: boolean, pausedUntil: string | null) =>
    `the receiver responded with ${status}${redirected ? ", and redirects are not followed: use the address that it redirects to" : ""}${pausedUntil === null ? "" : `, and its address is paused until ${pausedUntil}`}`,
  secretUnreadable: (path: string, detail: string) => `${path} cannot be read or written: ${detail}`,
  secretMissing: (path: string) =>
    `${path} contains no secret: delete the file, and the next start creates a new secret`,
} as const;
