import { collectionNames } from '../../api/collections.ts';
import type { Condition, Operator, SearchState } from './search-state.ts';

interface FormProps {
  state: SearchState;
  onChange: (state: SearchState) => void;
}

interface SelectProps {
  label: string;
  value: string;
  values: readonly string[];
  onChange: (value: string) => void;
}

const Select = ({ label, value, values, onChange }: SelectProps) => (
  <label class="field">
    {label}
    <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {[...new Set([...values, value])].map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  </label>
);

interface TextProps {
  label: string;
  value: string;
  width: string;
  placeholder?: string;
  onChange: (value: string) => void;
}

const Text = ({ label, value, width, placeholder, onChange }: TextProps) => (
  <label class="field">
    {label}
    <input
      value={value}
      style={{ width }}
      {...(placeholder !== undefined && { placeholder })}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  </label>
);

const OPERATORS: Operator[] = ['=', 'in', '>=', '>', '<=', '<'];

interface ConditionProps {
  condition: Condition;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

const ConditionRow = ({ condition, onChange, onRemove }: ConditionProps) => (
  <div class="row condition">
    <input
      aria-label="Attribute"
      placeholder="attribute"
      value={condition.name}
      onChange={(event) => onChange({ ...condition, name: event.currentTarget.value })}
    />
    <select
      aria-label="Comparison"
      value={condition.operator}
      onChange={(event) => onChange({ ...condition, operator: event.currentTarget.value as Operator })}
    >
      {OPERATORS.map((operator) => (
        <option key={operator}>{operator}</option>
      ))}
    </select>
    <input
      aria-label="Value"
      placeholder={condition.operator === 'in' ? 'a,b,c' : 'value'}
      value={condition.value}
      onChange={(event) => onChange({ ...condition, value: event.currentTarget.value })}
    />
    <button type="button" class="plain" onClick={onRemove}>
      Remove
    </button>
  </div>
);

const Conditions = ({ state, onChange }: FormProps) => {
  const set = (conditions: Condition[]): void => onChange({ ...state, conditions });
  const { conditions } = state;
  return (
    <div class="stack tight">
      {conditions.map((condition, index) => (
        <ConditionRow
          key={index}
          condition={condition}
          onChange={(changed) => set(conditions.map((old, at) => (at === index ? changed : old)))}
          onRemove={() => set(conditions.filter((_, at) => at !== index))}
        />
      ))}
      <div>
        <button
          type="button"
          class="plain"
          onClick={() => set([...conditions, { name: '', operator: '=', value: '' }])}
        >
          Add a filter
        </button>
      </div>
    </div>
  );
};

const More = ({ state, onChange }: FormProps) => {
  const set =
    (name: keyof SearchState) =>
    (value: string): void =>
      onChange({ ...state, [name]: value });
  const isOpen = [state.asOf, state.entity, state.since, state.until].some((value) => value !== '');
  return (
    <details open={isOpen || state.conditions.length > 0}>
      <summary>Filters and versions</summary>
      <div class="stack tight">
        <div class="row">
          <Text label="kind" value={state.entity} width="9rem" onChange={set('entity')} />
          <Text
            label="modified since"
            value={state.since}
            width="9rem"
            placeholder="2024-01-01"
            onChange={set('since')}
          />
          <Text label="and before" value={state.until} width="9rem" onChange={set('until')} />
          <Text
            label="as of"
            value={state.asOf}
            width="11rem"
            placeholder="number, time or tag"
            onChange={set('asOf')}
          />
          <Select
            label="consistency"
            value={state.consistency}
            values={['tail', 'snapshot']}
            onChange={set('consistency')}
          />
        </div>
        <Conditions {...{ state, onChange }} />
      </div>
    </details>
  );
};

interface ControlsProps {
  state: SearchState;
  set: (name: keyof SearchState) => (value: string) => void;
}

const Controls = ({ state, set }: ControlsProps) => (
  <div class="row">
    <Select
      label="collection"
      value={state.collection}
      values={collectionNames.value ?? []}
      onChange={set('collection')}
    />
    <Select label="mode" value={state.mode} values={['hybrid', 'dense', 'lexical']} onChange={set('mode')} />
    <Select label="recall" value={state.recall} values={['0.95', '0.99', 'exact']} onChange={set('recall')} />
    <Select label="fusion" value={state.fusion} values={['min-max', 'rrf']} onChange={set('fusion')} />
    <Text label="results" value={state.k} width="4.5rem" onChange={set('k')} />
  </div>
);

/** What to search, and how. */
export const SearchForm = ({ state, onChange }: FormProps) => {
  const set =
    (name: keyof SearchState) =>
    (value: string): void =>
      onChange({ ...state, [name]: value });
  return (
    <form class="card stack tight" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        class="search-box"
        type="search"
        data-search
        aria-label="Search"
        placeholder="Ask something, or type words   ( / )"
        value={state.q}
        onInput={(event) => set('q')(event.currentTarget.value)}
      />
      <Controls {...{ state, set }} />
      <More {...{ state, onChange }} />
    </form>
  );
};
