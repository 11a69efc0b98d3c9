export const DlqView = (_: Record<string, unknown>) => null;
