import { Piscina } from "piscina";

/** One thread for work that most services never have: started with the first of it, and reused. */
export function createLateThread(filename: string): Piscina {
  const threads = new Piscina({
    filename,
    minThreads: 0,
    maxThreads: 1,
    // What it has loaded is needed again with the next work.
    idleTimeout: Number.POSITIVE_INFINITY,
    // An idle thread that waits in Atomics.wait receives nothing else, not even its own timers.
    atomics: "disabled",
  });
  // A thread that dies is replaced for the next work; without a listener the event would end the process.
  threads.on("error", () => undefined);
  return threads;
}
