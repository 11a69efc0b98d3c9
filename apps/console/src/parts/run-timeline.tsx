import { duration } from '../format.ts';
import { STAGES, type StageInfo } from '../live/stages.ts';
import type { Bar, Timeline } from '../live/timeline.ts';

const TICKS = 5;
const LANE_PX = 18;
const MOST_PX = 132;

interface Scale {
  startMs: number;
  spanMs: number;
  nowMs: number;
}

const percent = (scale: Scale, fromMs: number, toMs: number): number =>
  (100 * Math.max(0, toMs - fromMs)) / scale.spanMs;

const tellBar = ({ stage, part, queuedAtMs, beganAtMs, endedAtMs, isFailed, retries }: Bar): string => {
  const wait = beganAtMs === undefined ? 'waiting' : `waited ${duration(beganAtMs - queuedAtMs)}`;
  const work =
    endedAtMs === undefined || beganAtMs === undefined ? '' : `, worked ${duration(endedAtMs - beganAtMs)}`;
  const again = retries === 0 ? '' : `, ${retries} retries`;
  return `${stage} of part ${part}: ${wait}${work}${again}${isFailed ? ', failed' : ''}`;
};

interface LaneProps {
  bar: Bar;
  scale: Scale;
  colour: string;
  top: number;
  height: number;
  onSelect: (bar: Bar) => void;
}

const LaneBar = ({ bar, scale, colour, top, height, onSelect }: LaneProps) => {
  const endMs = bar.endedAtMs ?? scale.nowMs;
  const beganAtMs = bar.beganAtMs ?? endMs;
  const spanMs = Math.max(1, endMs - bar.queuedAtMs);
  const wait = (100 * (beganAtMs - bar.queuedAtMs)) / spanMs;
  const kind = `${bar.isFailed ? 'failed' : ''} ${bar.endedAtMs === undefined ? 'open' : ''}`;
  return (
    <button
      type="button"
      class={`lane-bar ${kind}`}
      style={{
        left: `${percent(scale, scale.startMs, bar.queuedAtMs)}%`,
        width: `${percent(scale, bar.queuedAtMs, endMs)}%`,
        top: `${top}px`,
        height: `${height}px`,
      }}
      title={tellBar(bar)}
      aria-label={tellBar(bar)}
      onClick={() => onSelect(bar)}
    >
      <span class="wait" style={{ width: `${wait}%`, background: colour }} />
      <span class="work" style={{ width: `${100 - wait}%`, backgroundColor: colour }} />
    </button>
  );
};

const meanMs = (bars: readonly Bar[]): string => {
  const worked = bars.flatMap(({ beganAtMs, endedAtMs }) =>
    beganAtMs === undefined || endedAtMs === undefined ? [] : [endedAtMs - beganAtMs],
  );
  if (worked.length === 0) return '';
  return duration(worked.reduce((sum, ms) => sum + ms, 0) / worked.length);
};

interface StageRowProps {
  info: StageInfo;
  bars: Bar[];
  scale: Scale;
  onSelect: (bar: Bar) => void;
}

const StageRow = ({ info, bars, scale, onSelect }: StageRowProps) => {
  const lanePx = Math.max(3, Math.min(LANE_PX, MOST_PX / Math.max(1, bars.length)));
  const done = bars.filter(({ endedAtMs, isFailed }) => endedAtMs !== undefined && !isFailed).length;
  return (
    <>
      <span class="timeline-label">{info.label}</span>
      <div class="lanes" style={{ height: `${Math.max(1, bars.length) * lanePx + 4}px` }}>
        {bars.map((bar, index) => (
          <LaneBar
            key={bar.part}
            {...{ bar, scale, onSelect }}
            colour={info.colour}
            top={2 + index * lanePx}
            height={Math.max(2, lanePx - (lanePx > 6 ? 2 : 1))}
          />
        ))}
      </div>
      <span class="timeline-note">{bars.length === 0 ? '' : `${done}/${bars.length}  ${meanMs(bars)}`}</span>
    </>
  );
};

/** How a run went: stages below each other, a bar for each part; what waits is pale. */
export const RunTimeline = ({ timeline, onSelect }: { timeline: Timeline; onSelect: (bar: Bar) => void }) => {
  const { startMs, bars, completed } = timeline;
  const isOpen = completed === undefined && bars.some(({ endedAtMs }) => endedAtMs === undefined);
  const nowMs = isOpen ? Math.max(timeline.endMs, Date.now()) : timeline.endMs;
  const scale = { startMs, nowMs, spanMs: Math.max(100, nowMs - startMs) };
  const ticks = Array.from({ length: TICKS }, (_, index) => index / (TICKS - 1));
  return (
    <div class="timeline">
      <span />
      <div class="timeline-axis" aria-hidden="true">
        {ticks.map((share) => (
          <span key={share} style={{ left: `${100 * share}%` }}>
            {duration(share * scale.spanMs)}
          </span>
        ))}
      </div>
      <span class="timeline-note">pale: waiting</span>
      {STAGES.map((info) => (
        <StageRow
          key={info.stage}
          info={info}
          bars={bars.filter(({ stage }) => stage === info.stage)}
          {...{ scale, onSelect }}
        />
      ))}
    </div>
  );
};
