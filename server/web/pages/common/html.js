// SPDX-License-Identifier: Apache-2.0
// Preact with templates, for the console and administration: html`<p>${text}</p>`.
import { h } from '../vendor/preact.js';
import htm from '../vendor/htm.js';

export const html = htm.bind(h);
export { Fragment, createContext, h, render } from '../vendor/preact.js';
export { useCallback, useContext, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from '../vendor/hooks.js';
