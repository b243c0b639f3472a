import { Failure } from "../../failure.ts";
import { redisFailure } from "../../redis/failures.ts";
import { messages } from "../messages.ts";

/** What every call of the queue goes through: refused when the queue is closed, and awaited before it closes. */
export function createAdmission(isClosed: () => boolean) {
  /** Written by `through`. */
  const pending = new Set<Promise<unknown>>();

  /** @throws Failure "queue_closed", or "redis" with what went wrong. */
  async function through<T>(work: () => Promise<T>): Promise<T> {
    if (isClosed()) throw new Failure("queue_closed", messages.closed, { transient: true });
    const running = work();
    pending.add(running);
    try {
      return await running;
    } catch (error) {
      throw redisFailure(error);
    } finally {
      pending.delete(running);
    }
  }

  /** The same functions, each of them through the queue. */
  function each<Works extends object>(works: Works): Works {
    const all = Object.entries(works as Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>);
    return Object.fromEntries(
      all.map(([name, work]) => [name, (...args: unknown[]) => through(() => work(...args))]),
    ) as Works;
  }

  return { through, each, settled: () => Promise.allSettled([...pending]) };
}
