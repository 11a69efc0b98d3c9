import { CopyButton } from './copy-button.tsx';

/** A value as JSON, to be read and copied. */
export const JsonView = ({ value, label }: { value: unknown; label: string }) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <div>
      <div class="row spread">
        <h3>{label}</h3>
        <CopyButton text={text} />
      </div>
      <pre class="json" tabIndex={0} aria-label={label}>
        {text}
      </pre>
    </div>
  );
};
