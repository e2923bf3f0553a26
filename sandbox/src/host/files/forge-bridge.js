// A stand-in for Atlassian's @forge/bridge, for pages that are served without their bundle: the part that pages here use, with
// the same names and the same rules. It too throws as it is loaded where no host is.
const call = globalThis.__bridge?.callBridge;
if (!call) throw new Error('Unable to establish a connection with the Custom UI bridge.');

export const view = {
  getContext: () => call('getContext'),
  theme: { enable: () => call('enableTheming') },
};

export const router = {
  navigate: (url) => call('navigate', { url, type: 'same-tab' }),
  open: (url) => call('navigate', { url, type: 'new-tab' }),
  reload: () => call('reload'),
};

export function showFlag(options) {
  if (!options.id) throw new Error('"id" must be defined in flag options');
  const shown = call('showFlag', { ...options, type: options.type ?? 'info' });
  return {
    async close() {
      await shown;
      return call('closeFlag', { id: options.id });
    },
  };
}

export async function invokeRemote(input) {
  if (Object.values(input).some((value) => typeof value === 'function')) {
    throw new Error('Passing functions as part of the payload is not supported!');
  }
  const { success, payload, error } = (await call('invoke', { ...input, invokeType: 'ui-remote-fetch' })) ?? {};
  const answer = { ...(success ? payload : error) };
  for (const [name, value] of Object.entries(answer.headers ?? {})) if (Array.isArray(value)) answer.headers[name] = value.join(',');
  return answer;
}
