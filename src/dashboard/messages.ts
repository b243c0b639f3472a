/**
 * The texts of the pages that the server makes: sign-in, the first key, problems, and what a build of the dashboard finds. Each page of
 * the client has its own (client/…/messages.ts). A change of wording is a change here.
 */
export const messages = {
  // closed-page
  keysLost: "The keys of this service are lost",
  noKeyYet: "This service has no key yet",
  closedTitle: "AgentLink: a key is needed",
  createKeyOnMachine:
    "If you run this AgentLink, create a key on its machine, as the user that runs the service and in the folder where it was started. The log of its start has the command with its data folder:",
  orOnMachine: "Or create the key on the machine itself",
  withSystemd: "With systemd:",
  inContainer: "In a container:",
  takenWithinASecond: "The service accepts the new key within a second:",
  signInWithIt: "sign in with the key",

  // setup-page
  setupTitle: "AgentLink: the first key",
  createFirstKey: "Create the first key",
  setupCodeBefore:
    "Create the first key here. At each start, the service writes a setup code into its log, and into the file",
  setupCodeAfter: "in its data folder: whoever can read the code can create the key.",
  yourName: "Your name, or your office's",
  nameRule: "Letters, digits, dots, hyphens and underscores, such as office.",
  keyOf: "This is the key of",
  keyShownOnce: "It is shown only once: copy it, and store it like a password. From now on, every request needs a key.",
  signedInWithKey: "This browser is signed in with this key.",
  keyCopied: "I have copied the key: continue",
  firstKeyBySetupCode: "the first key, created with the setup code",
  sendSetupForm: "Send the form of GET /setup.",

  // sign-in
  tooManySignIns: "Too many sign-ins. Wait a minute, then try again.",
  onlyForMetrics: "That key is only for monitoring (/metrics). Sign in with another key.",
  keyUnknown:
    "That key does not exist, or was revoked. Copy the whole key again, or ask the operator of the service for another.",
  setupDone: "The first key has already been created. Sign in with it.",
  sendSignInForm: "Send the form of GET /sign-in.",
  noKeyOfYours: "No key yet? The operator of the service can create one:",

  // problem-page
  internalError: "Internal error. Try again in a moment.",
  causeInLog: "The operator of the service can find the cause in its log under the id",
  otherKey: "Sign in with another key",

  // pages
  needsJavaScript: "The dashboard needs JavaScript, which is off in this browser.",
  withoutBefore: "Everything it does, you can also do with",
  withoutAfter: "as JSON.",
  latestJobs: "the latest jobs",
  otherVersion: (name: string) => `There is no ${name}: the page is from another version. Reload it.`,

  // bundle-pages
  circularFiles: (files: string) => `files of the dashboard import each other: ${files}`,
  pageNotSeparate: (page: string) => `the page ${page} is in no file of its own: is it imported statically?`,
} as const;
