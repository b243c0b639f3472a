/** Why a request to another host is refused, or has failed. A change of wording is a change here. */
export const messages = {
  // address
  notHttp: "is neither https nor http",
  hasCredentials: "contains a user name or password",
  notPublic: (variable: string) =>
    `is not a public address of another machine; the operator can allow it with ${variable}`,
  ownName: (variable: string) => `is a name of this machine; the operator can allow it with ${variable}`,
  notHttps: (variable: string) => `is not https; the operator can allow the host with ${variable}`,
  notHost: "must be hosts such as hooks.internal, *.internal, 10.0.0.0/8 or 127.0.0.1:9000, separated by commas",

  // outbound
  resolvesToPrivate: (host: string, address: string, variable: string) =>
    `${host} is at ${address}, which is not a public address; the operator can allow it with ${variable}`,
  resolvesToNone: (host: string, variable: string) =>
    `${host} is not at a public address of another machine; the operator can allow it with ${variable}`,
  redirects: (host: string, most: number) => `${host} redirected more than ${most} times`,
  responseTooLarge: (host: string, megabytes: number) => `the response of ${host} is larger than ${megabytes} MB`,
  nameUnknown: (host: string) => `the name ${host} cannot be looked up`,
  certificateRefused: (host: string, code: string) =>
    `the certificate of ${host} is refused (${code}): it must be valid, name this host, and come from an authority that this machine trusts`,
  notReadable: (host: string, code: string) => `${host} sent a response that cannot be read (${code})`,
  brokenOff: (host: string) => `${host} closed the connection before its response was complete`,
  unreachable: (host: string, reason: string) => `${host} cannot be reached: ${reason}`,
  timeout: (host: string, seconds: number) => `${host} did not respond within ${seconds} seconds`,
} as const;
