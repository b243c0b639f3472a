import type { ComponentChildren } from "preact";

/** The sentences of the page of deliveries. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  targetTested: (target: string) => `Reports can be delivered to ${target}`,

  // dropbox
  notLinked: "Dropbox did not link the account.",
  accessDenied: "You did not allow the app in Dropbox.",
  unavailable: "Dropbox is not available at the moment.",
  nothingChanged: "Nothing was changed. Press Link Dropbox to start again.",
  accountInSettings:
    "Reports go to the account in the service's settings. If you link an account here, that account is used instead.",
  noAccount: "No account is linked. Once you link one, reports go there, too.",
  settingsAccountUnused: "The account in the service's settings is not used.",
  whereAppKeyIs: "From your Dropbox app: dropbox.com/developers/apps, under Settings.",
  useCode: "Use a code instead",
  redirectNeeded: "To come back here, the app's redirect URIs must list",
  howToGetCode: "Sign in with the account that should receive the reports, allow the app, and copy the code.",
  codeWorksOnce: "The code works once, for a few minutes.",
  backToSettingsAccount: "Reports go to the account in the service's settings again.",
  noLongerToDropbox:
    "Reports no longer go to Dropbox; if the settings name Dropbox as a target, reports wait until an account is linked.",
  filesStay: "Files in Dropbox stay there.",

  // page
  adminsAndViewersOnly: "Only admins and viewers can see deliveries.",
  waitingForAttempt: "waiting for another attempt",
  lastSuccess: (ago: ComponentChildren) => <>Last success {ago}, last failure</>,
  targetLacks: (name: string) => <>that are not delivered to {name}</>,
  noCallbackPending: "No callback is pending: all receivers were notified.",
  callbacksByHost: "Callbacks by receiving host",
} as const;
