/**
 * The sentences that mails and webhooks bring, and those of the log where one cannot be sent. A change of wording is a
 * change here.
 */
export const messages = {
  // channels
  mailTimeout: (host: string, seconds: number) => `${host} did not accept the mail within ${seconds} seconds`,
  mailRejected: (host: string, reason: string) => `${host} rejected the mail (${reason})`,
  checkMail: (problem: string) =>
    `${problem}: check AGENTLINK_SMTP_URL, AGENTLINK_NOTIFY_MAIL and AGENTLINK_NOTIFY_FROM`,

  // open
  noMailServer: "AGENTLINK_NOTIFY_MAIL is set, but no mail is sent without a mail server: set AGENTLINK_SMTP_URL",

  // notify
  notSent: (channel: string, reason: string, seconds: number) =>
    `a notification could not be sent by ${channel}: ${reason}; the next attempt is in ${seconds} s`,
  resolved: (problem: string, at: string, where: string) =>
    `The problem is resolved: ${problem}\n\nIt started at ${at}.\n${where}`,
  problemsUnknown:
    "problems cannot be read at the moment, so no notifications are sent; the next attempt follows automatically",

  // problems
  targetSubject: (target: string) => `reports cannot be delivered to ${target}`,
  target: (target: string, problem: string) =>
    `Reports cannot be delivered to ${target}: ${problem}. Jobs wait, and resume automatically when the target works again; nothing is lost.`,
  sourceSubject: "the data source does not work",
  source: (problem: string) => `Jobs wait for data: ${problem}. They resume automatically when the source works again.`,
  callbackHost: (host: string, since: string, failing: number) =>
    `${host} has not accepted callbacks since ${since}; ${failing} will be retried for a day. Contact the operator of the receiver.`,
  callbackHostsSubject: "callbacks to many hosts fail",
  callbackHosts:
    "More hosts do not accept callbacks than are reported one by one. The dashboard's Delivery page lists them all.",
  callbacksSubject: "callbacks are not sent",
  failures: (count: number) =>
    `${count} or more reports failed in the last hour. The dashboard's Failures page shows the causes.`,
  diskSubject: (host: string) => `the disk of ${host} is nearly full`,
  disk: (host: string, megabytes: number) =>
    `The disk of the data folder on ${host} has ${megabytes} MB free. Free some space: below 200 MB the service refuses new requests.`,
  quotaUsedUp: (client: string) => `the quota of ${client} is used up`,
  quotaNearlyUsedUp: (client: string) => `the quota of ${client} is nearly used up`,
  quota: (client: string, used: string, limit: number) =>
    `${client} has requested ${used} of the ${limit} reports of its quota this month. Beyond the quota, its requests are refused with 429 until next month. An admin can raise the quota on the dashboard's Keys page.`,
  domainUsedUp: "Domain's daily quota is used up",
  domainNearlyUsedUp: "Domain's daily quota is nearly used up",
  domainRefuses:
    "Domain accepts no more calls today. Jobs that need them wait until 10:00 AEST and resume automatically. Ask Domain for a larger quota if this happens often.",
  domainCallsLeft: (left: number, limit: null | number) =>
    `${left} of the ${limit} calls that Domain accepts today are left. Without any, jobs that need them wait until 10:00 AEST.`,
} as const;
