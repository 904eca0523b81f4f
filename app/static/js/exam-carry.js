// Carrying something by mouse, pen or finger until it is let go. Near the edge of the window the page moves on under it.

const EDGE = 56; // so near the edge (pixels)
const NEAR = 6; // a press that moves less carries nothing

// press: the pointerdown. lift(): what follows the pointer, made at the first real move. over(at): again and again while
// it is carried. drop(at): where it was let go; null after Escape or a lost pointer. Without a real move nothing is called.
export function carry(press, { lift, over, drop }) {
  const done = new AbortController();
  const { signal } = done;
  const pointer = press.pointerId;
  const on = (name, run) => addEventListener(name, (event) => {
    if ((event.pointerId ?? pointer) === pointer) run(event);
  }, { signal, passive: false });
  const from = { x: press.clientX, y: press.clientY };
  let at = from;
  let ghost = null;
  const scroll = () => {
    if (signal.aborted) return;
    if (at.y < EDGE) scrollBy(0, -12);
    else if (at.y > innerHeight - EDGE) scrollBy(0, 12);
    over(at);
    requestAnimationFrame(scroll);
  };
  const finish = (where) => {
    done.abort();
    ghost?.remove();
    if (ghost) drop(where);
  };
  on('pointermove', (event) => {
    at = { x: event.clientX, y: event.clientY };
    if (!ghost && Math.hypot(at.x - from.x, at.y - from.y) < NEAR) return;
    if (!ghost) {
      ghost = lift();
      ghost.classList.add('is-carried');
      document.body.append(ghost);
      scroll();
    }
    event.preventDefault();
    ghost.style.transform = `translate(${at.x}px, ${at.y}px) translate(-50%, -50%)`;
  });
  on('pointerup', (event) => {
    at = { x: event.clientX, y: event.clientY };
    if (ghost) over(at);
    finish(at);
  });
  on('pointercancel', () => finish(null));
  on('keydown', (event) => { if (event.key === 'Escape') finish(null); });
}
