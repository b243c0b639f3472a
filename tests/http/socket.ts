import { connect, type Socket } from "node:net";

/** A client that writes to the socket what it likes. */
export interface RawClient {
  readonly socket: Socket;
  send(text: string): void;
  /** Everything received until the other side closes. */
  received: Promise<string>;
  readonly closed: () => boolean;
}

export function rawClient(port: number): RawClient {
  const socket = connect({ port, host: "127.0.0.1" });
  let text = "";
  let closed = false;
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => {
    text += chunk;
  });
  // A server that closes on a client that still writes resets the connection; what came before counts.
  socket.on("error", () => undefined);
  const received = new Promise<string>((resolve) => {
    socket.on("close", () => {
      closed = true;
      resolve(text);
    });
  });
  return { socket, send: (part) => void socket.write(part), received, closed: () => closed };
}

/** The lines of a request's head, with the Host a loopback client sends. */
export function head(first: string, ...headers: readonly string[]): string {
  return [`${first} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
}

/** The body of the one response in the text. */
export function bodyOf(text: string): unknown {
  return JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
}
