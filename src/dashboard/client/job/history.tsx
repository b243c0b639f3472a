import { Clock } from "../parts/time.tsx";
import type { ShownJobDetail } from "../responses.ts";
import { who } from "../words.ts";

/** Who changed the job's status, and when: the service by itself, a client, a person in the dashboard or at the shell. */
export function History({ history }: { readonly history: ShownJobDetail["history"] }) {
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
          {history.map(({ id, at, from, to, by, actor }) => (
            <tr key={id}>
              <td>
                <Clock at={at} />
              </td>
              <td>{from}</td>
              <td>{to}</td>
              <td>{actor ?? who(by)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
