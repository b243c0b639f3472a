/** What people call what was done, by the operations' names. */
const NAMES: Readonly<Record<string, string>> = {
  createKey: "made a key",
  revokeKey: "revoked a key",
  rotateCallbackSecret: "replaced a callback secret",
  signIn: "signed in",
  signOut: "signed out",
  pauseQueue: "paused the queue",
  resumeQueue: "resumed the queue",
  cancelJob: "cancelled a job",
  cancelJobs: "cancelled jobs",
  retryJob: "retried a job",
  retryJobs: "retried jobs",
  deleteJobs: "deleted jobs",
  pruneJobs: "deleted old jobs",
  dismissFailures: "dismissed failures",
  resendCallback: "sent a callback again",
  resendCallbacks: "sent callbacks again",
  testDelivery: "tested a target",
  linkDropbox: "linked Dropbox",
  unlinkDropbox: "unlinked Dropbox",
  importFile: "imported a file",
  importReaxml: "imported a feed",
  putCatalogue: "imported rows",
  undoCatalogueImport: "undid an import",
  removeCataloguePlace: "removed a place",
  removeCatalogueRow: "removed rows",
  clearCatalogue: "cleared the catalogue",
  saveCatalogueMap: "saved a map of columns",
  deleteCatalogueMap: "deleted a map of columns",
  nameOffice: "named an office",
  decidePeople: "decided on people",
  backUp: "took a backup",
  restore: "restored a backup",
  migrate: "moved the jobs",
  writeDatabase: "wrote to a database",
  changeSettings: "started with other settings",
  examine: "ran the checks",
};

export function actionName(action: string): string {
  return NAMES[action] ?? action;
}

/** What one looks for. */
export const ACTIONS = [
  { title: "Keys", actions: ["createKey", "revokeKey", "rotateCallbackSecret"] },
  { title: "Sign-ins", actions: ["signIn", "signOut"] },
  { title: "Pause and resume", actions: ["pauseQueue", "resumeQueue"] },
  {
    title: "Jobs",
    actions: ["cancelJob", "cancelJobs", "retryJob", "retryJobs", "deleteJobs", "pruneJobs", "dismissFailures"],
  },
  {
    title: "Data",
    actions: [
      "importFile",
      "importReaxml",
      "putCatalogue",
      "undoCatalogueImport",
      "removeCataloguePlace",
      "removeCatalogueRow",
      "clearCatalogue",
      "decidePeople",
      "nameOffice",
    ],
  },
  {
    title: "Delivery and callbacks",
    actions: ["testDelivery", "linkDropbox", "unlinkDropbox", "resendCallback", "resendCallbacks"],
  },
  {
    title: "Settings, backups and databases",
    actions: ["changeSettings", "backUp", "restore", "migrate", "writeDatabase"],
  },
] as const;
