import type { JobV1 } from '@alluvium/contracts';
import { STAGES } from '../../live/stages.ts';

/** How far a run is, stage by stage; all that is known of it where events are not told. */
export const RunSteps = ({ job }: { job: Pick<JobV1, 'steps' | 'parts'> }) => (
  <ul class="steps">
    {STAGES.map(({ label, step, colour }) => {
      const { done, failed } = job.steps[step];
      const total = Math.max(job.parts ?? 0, done + failed, 1);
      const text = `${done}${job.parts === undefined ? '' : ` of ${job.parts}`}${failed > 0 ? `, ${failed} failed` : ''}`;
      return (
        <li key={step}>
          <span class="timeline-label">{label}</span>
          <span class="split" role="img" aria-label={`${label}: ${text}`}>
            <span style={{ width: `${(100 * done) / total}%`, background: colour }} />
            <span style={{ width: `${(100 * failed) / total}%`, background: 'var(--bad)' }} />
          </span>
          <span class="timeline-note" aria-hidden="true">
            {text}
          </span>
        </li>
      );
    })}
  </ul>
);
