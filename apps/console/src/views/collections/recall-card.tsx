import { useState } from 'preact/hooks';
import { post } from '../../api/call.ts';
import type { RecallReport } from '../../api/snapshots.ts';
import { useAction } from '../../api/use-action.ts';
import { bytes, count } from '../../format.ts';
import { ProblemBox } from '../../parts/problem-box.tsx';

const RecallTable = ({ report }: { report: RecallReport }) => (
  <div class="scroll">
    <table>
      <thead>
        <tr>
          {['Search', 'p50', 'p95', 'Read', 'Requests'].map((name) => (
            <th key={name} scope="col" class={name === 'Search' ? '' : 'number'}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {(['planned', 'exact'] as const).map((way) => (
          <tr key={way}>
            <th scope="row">{way}</th>
            <td class="number">{report[way].medianMs.toFixed(1)} ms</td>
            <td class="number">{report[way].p95Ms.toFixed(1)} ms</td>
            <td class="number">{bytes(report[way].meanBytes)}</td>
            <td class="number">{report[way].meanRequests.toFixed(1)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** Measures how much of the truth a search finds. */
export const RecallCard = ({ collection }: { collection: string }) => {
  const [report, setReport] = useState<RecallReport | undefined>(undefined);
  const measure = useAction(async () => {
    setReport(
      await post<RecallReport>(`/_local/collections/${collection}/recall`, { samples: 100, recall: '0.99' }),
    );
  });
  return (
    <section class="card stack tight" aria-label="Recall">
      <div class="row spread">
        <h2>Recall</h2>
        <button type="button" disabled={measure.isBusy} onClick={() => measure.run()}>
          {measure.isBusy ? 'Measuring…' : 'Measure'}
        </button>
      </div>
      <ProblemBox problem={measure.problem} />
      {report === undefined ? (
        <p class="muted small">Compares planned searches with exact ones, for chunks chosen by chance.</p>
      ) : (
        <>
          <p>
            <strong class="big">{report.recall.toFixed(4)}</strong>{' '}
            <span class="muted small">
              of the {report.k} nearest, {report.interval.low.toFixed(3)} to {report.interval.high.toFixed(3)}
              ; {count(report.queries)} queries on {count(report.chunks)} chunks
            </span>
          </p>
          <RecallTable report={report} />
        </>
      )}
    </section>
  );
};
