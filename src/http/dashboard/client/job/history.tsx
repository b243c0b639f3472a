import type { JobDetail } from "../answers.ts";
import { Clock } from "../parts/time.tsx";

/** Who changed the job's status, and when: the service, or somebody's hand. */
export function History({ history }: { readonly history: JobDetail["history"] }) {
  if (history.length === 0) return null;
  return (
    <details class="panel">
      <summary>
        <h2>History</h2>
      </summary>
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {history.map(({ id, at, from, to, by }) => (
            <tr key={id}>
              <td>
                <Clock at={at} />
              </td>
              <td>{from}</td>
              <td>{to}</td>
              <td>{by}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
