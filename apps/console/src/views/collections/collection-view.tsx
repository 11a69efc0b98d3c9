export const CollectionView = (_: Record<string, unknown>) => null;
