// A file that is dropped anywhere on the page. Without this the browser would leave the page and open the file.
import { h } from '../dom.ts';

/** Takes files that are dropped on the page and shows while one hovers that it may be dropped. */
export function installDropTarget(onFile: (file: File) => void): void {
  const overlay = h(
    'div',
    { class: 'drop-overlay', hidden: true },
    h('p', {}, 'Drop a .gguf file to load it'),
  );
  document.body.append(overlay);
  const accept = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    overlay.hidden = false;
  };
  addEventListener('dragenter', accept);
  addEventListener('dragover', accept);
  addEventListener('dragleave', (event) => {
    // Moving between elements of the page leaves one of them, but not the window.
    if (event.relatedTarget === null) overlay.hidden = true;
  });
  addEventListener('drop', (event) => {
    overlay.hidden = true;
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  });
}
