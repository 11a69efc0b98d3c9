import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface PageProps {
  title: string;
  lead?: ComponentChildren;
  children: ComponentChildren;
}

/** A view with its heading. */
export const Page = ({ title, lead, children }: PageProps) => {
  useEffect(() => {
    document.title = `${title} · Alluvium`;
  }, [title]);
  return (
    <>
      <header class="page-head">
        <h1>{title}</h1>
        {lead !== undefined && <p>{lead}</p>}
      </header>
      <div class="stack">{children}</div>
    </>
  );
};
