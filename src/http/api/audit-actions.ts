/** All actions that the audit log may name: operations of the API that change something, and what is done otherwise. */
export const AUDIT_ACTIONS: readonly string[] = [
  ...["createKey", "changeKey", "revokeKey", "rotateCallbackSecret", "signIn", "signOut"],
  ...["pauseQueue", "resumeQueue", "cancelJob", "cancelJobs", "retryJob", "retryJobs", "sendJob"],
  ...["deleteJobs", "pruneJobs", "dismissFailures", "saveView", "removeView", "saveTerritory", "removeTerritory"],
  ...["resendCallback", "resendCallbacks", "testDelivery", "linkDropbox", "unlinkDropbox"],
  ...["importFile", "importReaxml", "putCatalogue", "undoCatalogueImport", "removeCatalogueLocality"],
  ...["removeCatalogueRow", "clearCatalogue", "saveCatalogueMap", "deleteCatalogueMap", "decidePeople", "nameOffice"],
  ...["backUp", "restore", "migrate", "writeDatabase", "changeSettings"],
];
