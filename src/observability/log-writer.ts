import { write, writeSync } from "node:fs";

/** Where lines of the log go: a file descriptor, whose other end is read at an unknown speed. */
export interface LogWriter {
  write(line: string): void;
  /** Calls back when all of it is written, or half a second later: its reader may have stopped. */
  flush(done: () => void): void;
}

/** Written in one go: a pipe takes so much when it is empty (pipe(7)). */
const CHUNK_CHARACTERS = 65_536;
/** Past this, lines are dropped and counted: a log without a reader must not fill the memory. */
const UNWRITTEN_CHARACTERS = 8_000_000;
/** A pipe that takes nothing at the moment is retried after this long. */
const FULL_PIPE_MS = 10;
/** Before the process ends the reader has so long to take the rest. */
const LAST_LINES_MS = 500;

/**
 * Writes in a thread of Bun's pool, in order. The main thread must not wait for the reader of the log: a full pipe, a
 * slow disk or a terminal that is stopped (Ctrl-S) would delay every request. `onLost` is called
 * with the number of lines that were dropped, once there is room again.
 */
export function createLogWriter(fd: number, onLost: (lines: number) => void): LogWriter {
  /** Not taken yet, and their length. Both are written by `write` and `takeChunk`; `dropChunk` drops them. */
  let lines: string[] = [];
  let characters = 0;
  /** Written by `write` and `dropChunk`; `notifyLost` reports them. */
  let lost = 0;
  /**
   * Taken from the lines, and not written yet; `inThread` while a thread has it. Both are written by `next`, the chunk
   * by `dropChunk`, too.
   */
  let chunk: Buffer | null = null;
  let inThread = false;
  /** Written by `write` and `next`. */
  let scheduled = false;
  /** Written by `dropChunk`. */
  let readerClosed = false;
  /** Written by `flush`; `next` takes them. */
  const flushing: (() => void)[] = [];

  function takeChunk(): Buffer | null {
    let [count, size] = [0, 0];
    for (const { length } of lines) {
      if (count > 0 && size + length > CHUNK_CHARACTERS) break;
      count += 1;
      size += length;
    }
    characters -= size;
    return count === 0 ? null : Buffer.from(lines.splice(0, count).join(""));
  }

  function next(): void {
    chunk ??= takeChunk();
    scheduled = chunk !== null;
    if (chunk === null) {
      for (const done of flushing.splice(0)) done();
      return;
    }
    inThread = true;
    write(fd, chunk, 0, chunk.length, null, (error, written) => {
      inThread = false;
      if (error === null) chunk = restOf(chunk, written);
      else if (error.code === "EAGAIN") return void setTimeout(next, FULL_PIPE_MS);
      else dropChunk(error.code === "EPIPE" || error.code === "EBADF");
      next();
      // Where nothing can be written (a full disk), a line that reports it cannot be written either.
      if (error === null) notifyLost();
    });
  }

  function dropChunk(forGood: boolean): void {
    if (forGood) lines = [];
    readerClosed = forGood;
    lost += 1;
    chunk = null;
  }

  function notifyLost(): void {
    if (lost === 0 || readerClosed || characters > UNWRITTEN_CHARACTERS / 2) return;
    const count = lost;
    lost = 0;
    onLost(count);
  }

  /** The event loop is over: what is left is written here and now, unless a thread waits for the reader already. */
  function finish(): void {
    const deadline = performance.now() + LAST_LINES_MS;
    let left = inThread ? null : (chunk ?? takeChunk());
    while (left !== null && performance.now() < deadline) {
      try {
        left = restOf(left, writeSync(fd, left)) ?? takeChunk();
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) return;
        Bun.sleepSync(FULL_PIPE_MS);
      }
    }
  }
  process.on("exit", finish);

  return {
    write(line) {
      if (readerClosed) return;
      if (characters + line.length > UNWRITTEN_CHARACTERS) {
        lost += 1;
        return;
      }
      lines.push(line);
      characters += line.length;
      if (scheduled) return;
      scheduled = true;
      // What is logged in one turn of the event loop goes out together.
      setImmediate(next);
    },
    flush(done) {
      if (!scheduled) return done();
      flushing.push(done);
      setTimeout(done, LAST_LINES_MS);
    },
  };
}

function restOf(chunk: Buffer | null, written: number): Buffer | null {
  return chunk !== null && written < chunk.length ? chunk.subarray(written) : null;
}
