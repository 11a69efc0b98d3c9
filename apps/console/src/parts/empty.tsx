import type { ComponentChildren } from 'preact';
import { CopyButton } from './copy-button.tsx';

/** Says that there is nothing, and what to do about it. */
export const Empty = ({ children, command }: { children: ComponentChildren; command?: string }) => (
  <div class="empty">
    {children}
    {command !== undefined && (
      <div>
        <span class="command">
          <code>{command}</code>
          <CopyButton text={command} />
        </span>
      </div>
    )}
  </div>
);
