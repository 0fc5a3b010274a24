import { createEngine } from 'sterna';

const output = document.querySelector('#output');
const engine = await createEngine({
  model: '../../models/sterna-chat/manifest.json',
  onProgress: ({ loadedBytes, totalBytes }) =>
    output.replaceChildren(`${loadedBytes} of ${totalBytes} bytes`),
});
output.replaceChildren();
const question = { role: 'user', content: 'Tell me a short story.' };
for await (const text of engine.chat([question])) output.append(text);
await engine.dispose();
