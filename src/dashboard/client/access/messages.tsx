/** The sentences of the page of keys. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // new-key
  createFirstKey: "Create the first key",
  noKeyYet:
    "There is no key yet, so the service accepts only requests from this machine. Once a key exists, every request needs one. The first key is an admin key: you sign in with it.",
  sameNameSharesJobs: "Keys with the same name share their jobs.",
  rateExample: "Such as 60/min; if empty, the default of the service.",
  quotaExample: "Reports that the client may request: 20/day, 300/month, or both.",
  copyNow: "Copy the key now: it is shown only once, and only its hash is stored.",
  keyNeededFromNow: "From now on, every request needs a key. This browser signs in with this key.",
  copied: "I have copied the key",
  copiedSignIn: "I have copied the key: sign in",

  // page
  adminsOnly: "Only admins can create and revoke keys. Sign in with an admin key.",
  revokeLabel: (id: string, name: string) => `Revoke the key ${id} of ${name}`,
  quotaLabel: (id: string, name: string) => `Quota of the key ${id} of ${name}`,
  revokeTitle: (name: string) => `Revoke this key of ${name}?`,
  signsYouOut: "If you signed in with it, you are signed out.",
  revoked: (id: string, name: string) => `The key ${id} of ${name} is revoked`,
  revokeConsequence: (name: string) => (
    <>
      Requests with this key are refused from now on, and the key cannot be restored. Its jobs stay, and other keys of{" "}
      {name} still work.
    </>
  ),
} as const;
