// SPDX-License-Identifier: Apache-2.0
// What the pages take from npm, as tsc is to see it: the files lie side by side only once they are built.
declare module '*/vendor/preact.js' {
  export const h: any;
  export const render: any;
  export const Fragment: any;
  export const createContext: any;
}
declare module '*/vendor/hooks.js' {
  type Setter<T> = (value: T | ((was: T) => T)) => void;
  export function useState<T>(first: T | (() => T)): [T, Setter<T>];
  export function useEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
  export function useLayoutEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
  export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T;
  export function useCallback<T>(callback: T, inputs: readonly unknown[]): T;
  export function useRef<T>(first: T): { current: T };
  export function useReducer<S, A>(reducer: (state: S, action: A) => S, first: S): [S, (action: A) => void];
  export function useContext(context: any): any;
}
declare module '*/vendor/htm.js' {
  const htm: { bind(h: any): (strings: TemplateStringsArray, ...values: any[]) => any };
  export default htm;
}
declare module '*/vendor/echarts.js' {
  export const init: any;
}
/** Stands before the text of gate/worker.js as it is served. */
declare const assets: string;
