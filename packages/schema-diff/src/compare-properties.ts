import { altered, compatible, relaxed, tightened, type Finding } from './finding.ts';
import type { View } from './view.ts';

const isFreeMap = ({ type, properties }: View): boolean => type === 'object' && properties.size === 0;

/** A property that the old object did not declare. */
export const addedProperty = (old: View, required: boolean): Finding => {
  if (required) return tightened('property-added', 'is new and required', 'for they lack it');
  // Producers of a free map are not closed: the name may be in use already.
  if (isFreeMap(old)) {
    return tightened('free-map', 'is now declared in a free map', 'that hold something else under this name');
  }
  return compatible('property-added', 'is new and optional', 'Consumers ignore what they do not know');
};

/** A property that the new object no longer declares. */
export const removedProperty = (required: boolean): Finding =>
  required
    ? relaxed('property-removed', 'is gone', 'values without it')
    : altered(
        'property-removed',
        'is gone',
        'Consumers that use it silently get nothing; mark it deprecated and keep it',
      );

/** A declared property that became required or optional. */
export const changedRequirement = (before: boolean, after: boolean): Finding[] => {
  if (before === after) return [];
  return [
    after
      ? tightened('required', 'became required', 'without it')
      : relaxed('required', 'became optional', 'values without it'),
  ];
};
