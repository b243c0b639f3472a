import { networkInterfaces } from "node:os";

/** The addresses of all interfaces of this machine as they are now, without the zone of a link-local one. */
export function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).map(({ address }) => address.replace(/%.*$/, "")),
  );
}
