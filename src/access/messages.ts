import { quoted } from "../text/visible-text.ts";

/**
 * Why a request is refused, and sentences about keys: what happened, then what to do. A change of wording
 * is a change here.
 */
export const messages = {
  // access
  unknownKey: "The key is unknown or was revoked. `agentlink keys list` lists the keys.",
  scope: (needed: string, actual: string) =>
    `This request needs a key with the scope ${needed}; this one has the scope ${actual}.`,
  createKey: "agentlink keys create --name you --scope admin",
  operatorCreatesKey: (command: string) =>
    `The operator can create a key on the service's machine, as the service's user and in its folder: ${command}`,
  rate: (requests: number, seconds: number) =>
    `The key has a limit of ${requests} requests in ${seconds} s. Try again a little later.`,
  sendKey: "Send a key as Authorization: Bearer … or X-API-Key. Create one with `agentlink keys create`.",
  noKeyPublic: (create: string) =>
    `There is no key yet, and the service is public (AGENTLINK_PUBLIC_URL is set). ${create}`,
  otherMachine: (address: string, create: string) =>
    `Without keys, the service accepts only requests from its own machine, at 127.0.0.1, but this request came from ${address}. ${create}`,
  forwarded: (header: string, create: string) =>
    `Without keys, the service accepts only direct requests, but this request was forwarded (it has a ${header} header). Call the service on its own machine, without the proxy. ${create}`,
  otherUser: (reason: string, create: string) =>
    `Without keys, the service accepts only requests of its own user on its machine, but ${reason}. Call the service directly, as the user that it runs as. ${create}`,
  unknownUser: (create: string) =>
    `Without keys, the service accepts only requests of its own user on its machine, but the system does not report the owner of this connection. Call the service on its own machine with the key in local.key in its data folder, as X-API-Key; the agentlink commands do that automatically. ${create}`,
  hostName: (host: string, create: string) =>
    `Without keys, the service does not accept the host name ${quoted(host)}: use 127.0.0.1 or localhost. ${create}.`,
  otherSite: (site: null | string) =>
    `A page of another site (${site}) cannot change anything here. Send the request from a program, or from a page of this service.`,

  // database
  keysDamaged: (path: string, reason: string) =>
    `the keys in ${path} are damaged (${reason}): restore the file from a copy, or create new keys with \`agentlink keys create\`, which moves the damaged file aside`,
  keysUnopened: (path: string, reason: string) => `the keys in ${path} cannot be opened: ${reason}`,
  newerKeys: (path: string) => `${path} was written by a newer agentlink: use that version`,
  foreignKeys: (path: string) => `${path} is a database of another program: move it to another folder`,

  // key
  keysLost:
    "The keys of this service are lost, so every request is refused. The operator must restore a copy of the keys, or create a new key on the service's machine: agentlink keys create --name ops --scope admin.",
  lastAdminKey:
    "This is the last admin key. Create another admin key first, or revoke this one on the service's machine with `agentlink keys revoke`.",
  badName: (name: string) =>
    `${quoted(name)} cannot be the name of a key: use 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit`,

  // keys
  emptyKeys: (path: string) => `${path} no longer contains a key`,
  keysUnreadable: "The keys cannot be read at the moment, so every request is refused. Try again.",
  keysFile: "the key database keys.db",

  // marker
  marker:
    "A key was created for this service, so every request needs one, even if the keys are lost.\nTo create a new key: agentlink keys create. To go back to a service without keys, stop it and delete keys.db and this file.\n",

  // redis
  emptyRedis: (base: string) => `Redis no longer has ${base}:keys: was it emptied?`,

  // quota
  badQuota: "must be a quota such as 20/day, 300/month or both (20/day 300/month)",

  // rate
  badRate: "must be a rate such as 60/min, 5/s or 1000/h",

  // redis-store
  sessionsUnreadable: "Sessions cannot be read or stored, because Redis does not respond. Try again.",

  // store
  signInsUnreadable: (reason: string) => `Sign-ins cannot be read or stored: ${reason}. Then try again.`,

  // setup
  setupTooOften: "Too many setup codes were tried. Wait a minute, then try again.",
  wrongSetupCode:
    "This is not the setup code. The code is in the log of the service's last start, and in setup.code in its data folder.",
  setupDone: "The setup code has just been used. Sign in with the key that was created.",
} as const;
