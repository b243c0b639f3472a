/**
 * What a person reads who sets a setting wrongly: what it must be, such as an example. A change of wording is a change
 * here.
 */
export const messages = {
  // required
  domainNeedsBoth: (other: string) => `${other} is set, and Domain needs both (see docs/domain.md)`,
  sharedReports: "with AGENTLINK_REDIS_URL, every host must be able to read every PDF (see docs/several-hosts.md)",

  // secret-files
  setTwice: (variable: string, file: string) => `${variable} and ${file} are both set: remove one of them`,
  notSecret: (name: string, names: string) =>
    `${name} is not a secret of agentlink: use a credential name such as ${names}`,

  // setting
  notEmpty: "must not be empty",
  httpAddress: "must be an address that begins with https:// or http://",
  mailAddresses: "must be mail addresses such as ops@example.com, separated by commas",
  smtpAddress: "must be smtp:// or smtps://, such as smtp://user:password@mail.example.com:587",
  signingSecret: "must be whsec_ and 24 to 64 bytes of base64, or up to four of those separated by spaces",
  key: "must be a key as `agentlink keys create` prints it",
  placeholdersInPath: "must have its placeholders in the path or the query",
  suburbPlaceholder: "must contain {suburb}",
  otherPlaceholder: (unknown: string) => `must not contain ${unknown}: use {suburb}, {state} and {postcode}`,
  rateOrOff: "must be a rate such as 600/min, 5/s or 1000/h, or off",
  headers: 'must be JSON such as {"Authorization":"Bearer …"}',
  prefix: "must be 1 to 64 letters, digits, . _ and -",
  wholeNumber: (minimum: number, maximum: number) => `must be a whole number from ${minimum} to ${maximum}`,
  oneOf: (words: readonly string[]) =>
    `must be ${words.length === 2 ? words.join(" or ") : `one of ${words.join(", ")}`}`,
  someOf: (words: string) => `must be one or more of ${words}, each once`,
  printable: "must contain only printable ASCII characters: copy it again",
  bucketName:
    "must be only the name of a bucket, such as reports, without s3:// and without a folder (set the folder in AGENTLINK_S3_PREFIX)",
  regionName: "must be a region's name, such as ap-southeast-2 or auto",
  withoutCredentials: "must not contain a user name or password",
  withoutQuery: "must not contain ? or #",
  withoutControls: "must not contain control characters",
  withoutDots: "must not contain . or .. as a folder name",
  withoutEmoji: "must not contain emoji or rare ideographs, which Dropbox refuses",
  otherFolderName: (name: string, why: string) => `must use another folder name: "${name}" ${why}`,
  namespace: "must be team or the number of a namespace",
  timeZone: "must be a time zone such as Australia/Sydney, Australia/Perth or UTC",
  yesOrNo: "must be yes or no",
  duration: "must be a duration such as 500ms, 90s, 10m, 12h or 30d",
  atLeast: (duration: string) => `must be at least ${duration}`,
  size: "must be a size such as 800MB, 3GB or 2GiB",
  atLeastMegabytes: (megabytes: number) => `must be at least ${megabytes} MB`,

  // settings
  restartSystemd: "sudo systemctl restart agentlink",
  containerEnvironment:
    "the environment of the container (with Docker Compose: the file .env beside docker-compose.yml)",
  recreateContainer: "create the container again (docker compose up -d)",
  processEnvironment: "the environment of the service (set AGENTLINK_…=… in the shell or script that starts it)",
  restartProcess: "stop the service and start it again",
  notSetting: (name: string, nearest: string | undefined) =>
    `${name} is not a setting. Did you mean ${nearest}? (\`agentlink config\` lists all settings)`,
} as const;
